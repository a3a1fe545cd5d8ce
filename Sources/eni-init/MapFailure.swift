// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// Why a map was not written.
enum MapFailure: CommandFailure {
  /// The host refused; an older file is as it was.
  case notWritten(SystemCallError)

  var exitStatus: ExitStatus { .systemFailure }

  var description: String {
    switch self {
    case .notWritten(let error):
      "cannot \(error.operation) \(error.subject): \(error.reason); name a file in a directory that "
        + "you may write to, or - for standard output"
    }
  }
}
