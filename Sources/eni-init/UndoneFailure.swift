// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// A reconciliation that failed and was undone.
struct UndoneFailure: Error {
  /// The ENI's name.
  let name: InterfaceName
  /// What went wrong.
  let cause: any Error
  /// What could not be undone; empty when all was.
  let troubles: [String]
  /// Whether the ENI is held now; otherwise it has its former configuration.
  let isHeld: Bool
}

extension UndoneFailure: CommandFailure {
  /// That of the cause: a host that refused may not refuse again, a wrong result stays wrong.
  var exitStatus: ExitStatus { (cause as? any CommandFailure)?.exitStatus ?? .undone }

  var description: String {
    let state = isHeld ? "the ENI is held again" : "the ENI has its former configuration"
    let outcome =
      troubles.isEmpty
      ? "All was undone: \(state)"
      : "Undoing it was not complete either: " + troubles.joined(separator: "; ")
    return "\(cause). \(outcome). When the reason is gone, run `eni-init attach \(name)`"
  }
}
