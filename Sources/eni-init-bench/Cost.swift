// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation

/// What one run of a program cost, by the operating system's own accounting.
struct Cost {
  /// Milliseconds from start to end.
  let wall: Double
  /// Milliseconds of user and system time, children included.
  let cpu: Double
  /// Milliseconds of user time alone.
  ///
  /// In a box the rest includes a packet's whole way through the network there, which the kernel
  /// charges to who sent it.
  let user: Double

  /// Runs a program on this machine, or in an instance; bash's `time` counts in milliseconds.
  static func of(_ words: [String], in instance: NamespaceInstance? = nil) throws -> Cost {
    let numbers = try measure(
      "TIMEFORMAT='%3R %3U %3S'; { time \(words.joined(separator: " ")) >/dev/null 2>&1; } 2>&1",
      count: 3,
      in: instance
    )
    return Cost(
      wall: numbers[0] * 1000,
      cpu: (numbers[1] + numbers[2]) * 1000,
      user: numbers[1] * 1000
    )
  }

  /// Runs it and gives the largest resident set in MiB; apart, because time(1) costs time itself.
  static func memory(of words: [String], in instance: NamespaceInstance) throws -> Double {
    let line = "/usr/bin/time -f %M \(words.joined(separator: " ")) 2>&1 >/dev/null | tail -n 1"
    return try measure(line, count: 1, in: instance)[0] / 1024
  }

  private static func measure(
    _ line: String,
    count: Int,
    in instance: NamespaceInstance?
  ) throws -> [Double] {
    let timed = ["bash", "-c", line]
    let result = try instance.map { try $0.run(timed) } ?? Program(timed).result()
    let numbers = result.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard result.status == 0, numbers.count == count else {
      throw ProgramFailure(program: Program(timed), result: result)
    }
    return numbers
  }
}
