// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Why facts, each valid in itself, cannot become a plan.
package enum PlanningError: Error, Hashable, Sendable {
  /// Two present ENIs say that they sit in the same slot.
  case slotClaimedTwice(Attachment, MACAddress, MACAddress)
  /// The name prefix and the numbers exceed the 15 bytes of an interface name.
  case nameTooLong(prefix: String, Attachment)
}

extension PlanningError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .slotClaimedTwice(let slot, let first, let second):
      "IMDS says that both \(first) and \(second) are attached at \(slot), which cannot be; "
        + "nothing was changed. Wait a minute for the metadata to settle, then run "
        + "`eni-init plan`; if it stays, detach and attach one of the two again"
    case .nameTooLong(let prefix, let slot):
      "the name prefix \"\(prefix)\" gives no valid interface name for \(slot) (1 to 15 bytes of "
        + "letters, digits, '-', '_' and '.'); choose a shorter one"
    }
  }
}
