// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel

/// Echo requests at a steady pace, to see that something is reachable all the time.
package final class ContinuousProbe: Sendable {
  private let process: RunningProgram
  private let log: String
  private let interval: Duration

  init(
    _ namespace: NetworkNamespace,
    _ address: IPAddress,
    _ source: IPAddress?,
    _ interval: Duration
  ) throws {
    self.interval = interval
    log = NSTemporaryDirectory() + "probe-\(UUID().uuidString)"
    process = try namespace.program(Self.words(address, source, interval)).start(log: log)
  }

  deinit {
    // A file left in the directory for temporary files harms nobody.
    try? FileManager.default.removeItem(atPath: log)
  }

  /// How many replies came so far.
  package func replies() throws -> Int {
    try output().split(separator: "\n").count { $0.contains(" bytes from ") }
  }

  /// Ends it and counts.
  ///
  /// Requests of the last 200 ms that were not answered do not count as lost.
  package func stop() throws -> ProbeReport {
    try end()
    let inFlight = Int((200 / max(1, interval.milliseconds)) + 1)
    return try ProbeReport(pingOutput: try output(), inFlight: inFlight)
  }

  /// Ends it when the first `count` requests are answered or `limit` is over, and counts those.
  ///
  /// ping(8) could be told how many to send, but then waits for the last no longer than twice the
  /// longest round trip so far, whatever its `-W` says: too short for a guest on a busy machine.
  func stop(after count: Int, within limit: Duration) throws -> ProbeReport {
    do {
      try Condition.wait(until: "\(count) replies", within: limit) {
        guard process.isRunning else { return true }
        return ProbeReport.answered(in: try output()).isSuperset(of: 1...count)
      }
    } catch is Condition.Unmet {
      // What is missing is in the report.
    }
    try end()
    return try ProbeReport(pingOutput: try output(), first: count)
  }

  private func end() throws {
    process.signal(SIGINT)
    try Condition.wait(until: "the end of ping") { !process.isRunning }
  }

  private func output() throws -> String {
    try String(contentsOfFile: log, encoding: .utf8)
  }

  static func words(_ address: IPAddress, _ source: IPAddress?, _ interval: Duration) -> [String] {
    ["ping", "-n", "-i", seconds(interval)] + (source.map { ["-I", "\($0)"] } ?? [])
      + ["\(address)"]
  }

  static func seconds(_ time: Duration) -> String {
    String(Double(time.milliseconds) / 1000)
  }
}
