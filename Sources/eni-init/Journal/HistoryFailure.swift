// SPDX-License-Identifier: Apache-2.0

/// Why no history can be shown.
enum HistoryFailure: CommandFailure {
  /// The argument can be no ENI.
  case noName(String)
  /// The journal is there, and this user may not read it.
  case denied(String)

  var exitStatus: ExitStatus {
    switch self {
    case .noName: .usage
    case .denied: .systemFailure
    }
  }

  var description: String {
    switch self {
    case .noName(let text):
      "\"\(text)\" is no ENI id, no MAC address and no name of an interface; `eni-init history` "
        + "alone shows all ENIs"
    case .denied(let path):
      "you may not read the journal, \(path): run as root, or as a member of the group "
        + "systemd-journal"
    }
  }
}
