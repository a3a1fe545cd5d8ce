// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A line on the terminal that says what is waited for, and for how long; nothing where nobody looks on.
///
/// There is one, as there is one terminal; whatever else is written there takes it away first.
enum Progress {
  private struct Wait {
    let what: String
    let start: ContinuousClock.Instant
  }

  // The program has one thread.
  nonisolated(unsafe) private static var wait: Wait?

  /// Says what is waited for now; for how long counts from the first time that it is said.
  static func show(_ what: String) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    let current = wait.flatMap { $0.what == what ? $0 : nil } ?? Wait(what: what, start: .now)
    wait = current
    let seconds = Int(current.start.duration(to: .now) / .seconds(1))
    write("\r\u{1B}[K\(what)" + (seconds > 0 ? " (\(seconds) s)" : "") + " …")
  }

  /// Takes the line away.
  static func end() {
    if wait != nil { write("\r\u{1B}[K") }
    wait = nil
  }

  private static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
