// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation

/// What one run of a program cost, by the operating system's own accounting.
struct Cost {
  /// Milliseconds from start to end.
  let wall: Double
  /// Milliseconds of user and system time, children included.
  let cpu: Double
  /// The largest resident set in MiB.
  let memory: Double

  /// Runs a program on this machine, or in an instance.
  ///
  /// bash's `time` counts in milliseconds and time(1) tells the memory; the latter's own start, less
  /// than a millisecond, is part of the figures.
  static func of(_ words: [String], in instance: NamespaceInstance? = nil) throws -> Cost {
    let line = """
      memory=$(mktemp) TIMEFORMAT='%3R %3U %3S'
      { time /usr/bin/time -f %M -o "$memory" \(words.joined(separator: " ")) >/dev/null 2>&1; } 2>&1
      cat "$memory"; rm "$memory"
      """
    let timed = ["bash", "-c", line]
    let result = try instance.map { try $0.run(timed) } ?? Program(timed).result()
    let numbers = result.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard result.status == 0, numbers.count == 4 else {
      throw ProgramFailure(program: Program(timed), result: result)
    }
    return Cost(
      wall: numbers[0] * 1000,
      cpu: (numbers[1] + numbers[2]) * 1000,
      memory: numbers[3] / 1024
    )
  }
}
