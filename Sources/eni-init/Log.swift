// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The program's messages, on standard error; standard output carries reports alone.
///
/// Under systemd each line begins with its priority, `<3>` to `<7>` (sd-daemon(3)). Only what
/// changed or failed is said: an unchanged run is silent.
struct Log: Sendable {
  /// The priorities in use (syslog(3)).
  private enum Priority: Int {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
  }

  private let showsPriority: Bool

  /// The log of this process: with priorities when systemd reads it.
  static let standard = Log(showsPriority: getenv("JOURNAL_STREAM") != nil)

  /// What ends the run.
  func error(_ message: String) { write(message, .error) }

  /// What does not end the run; the message names the consequence.
  func warning(_ message: String) { write(message, .warning) }

  /// A change that was made.
  func notice(_ message: String) { write(message, .notice) }

  /// What is being waited for.
  func info(_ message: String) { write(message, .info) }

  /// What only somebody who started the program by hand wants to know.
  func remark(_ message: String) {
    if isatty(STDERR_FILENO) == 1 { write(message, .info) }
  }

  private func write(_ message: String, _ priority: Priority) {
    let mark = showsPriority ? "<\(priority.rawValue)>" : "eni-init: "
    // One write a message, so that lines of several runs do not mix.
    let bytes = Array((mark + message + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
