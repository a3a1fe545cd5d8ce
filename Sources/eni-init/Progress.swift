// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A line on the terminal that says what is waited for, and for how long; nothing where nobody looks on.
final class Progress {
  private let start = ContinuousClock.now
  private let isShown = isatty(STDERR_FILENO) == 1
  private var isBegun = false

  /// Says what is done now.
  func step(_ what: String) {
    guard isShown else { return }
    let seconds = start.duration(to: .now) / .seconds(1)
    let time = seconds < 1 ? "" : " (\(Int(seconds)) s)"
    write("\r\u{1B}[K\(what)\(time) …")
    isBegun = true
  }

  /// Takes the line away.
  func end() {
    if isBegun { write("\r\u{1B}[K") }
    isBegun = false
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
