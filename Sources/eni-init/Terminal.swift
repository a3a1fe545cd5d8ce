// SPDX-License-Identifier: Apache-2.0
import Glibc
import Reporting

/// Whether somebody looks on.
enum Terminal {
  /// Whether standard output is a terminal.
  static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Colours on a terminal that has them, unless somebody said no (https://no-color.org).
  static var style: Style {
    let isDumb = getenv("TERM").map { String(cString: $0) } == "dumb"
    let isRefused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    return isOutput && !isDumb && !isRefused ? .coloured : .plain
  }

  /// How many characters it has room for in a line; nil when that is no terminal, or one that does
  /// not tell (ioctl_tty(2), TIOCGWINSZ).
  static var columns: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Begins a terminal's screen anew (ECMA-48, ED and CUP).
  static let clear = "\u{1B}[2J\u{1B}[H"
}
