// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why a program did not do its work.
package enum CommandError: Error, Hashable, Sendable {
  /// It could not be started.
  case notStarted(Command, errno: CInt)
  /// It ended with a status other than 0.
  case failed(Command, status: CInt)
  /// A signal ended it.
  case killed(Command, signal: CInt)
  /// It printed more than this many bytes.
  case tooMuchOutput(Command, limit: Int)
}

extension CommandError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notStarted(let command, let errno):
      "cannot run `\(command)`: \(String(cString: strerror(errno))); check that it is installed"
    case .failed(let command, let status):
      "`\(command)` ended with status \(status); run it by hand to see what it says"
    case .killed(let command, let signal):
      "`\(command)` was ended by signal \(signal); see the journal for who sent it"
    case .tooMuchOutput(let command, let limit):
      "`\(command)` printed more than \(limit >> 20) MiB; ask for less, as with --since"
    }
  }
}
