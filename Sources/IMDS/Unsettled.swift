// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// Why one reading of an ENI cannot be acted on.
///
/// IMDS is eventually consistent: for some seconds after an attachment it serves part of the
/// facts, or wrong ones. A reading that may be of that kind is *unknown* and read again.
package enum Unsettled: Hashable, Sendable {
  /// IMDS does not list the MAC (yet).
  case notListed
  /// A key that every ENI has is not in the ENI's listing.
  case keyNotListed(InterfaceKey)
  /// The listing has the key, but asking for it gave 404 or nothing.
  case keyVanished(InterfaceKey)
  /// The device number cannot be this ENI's. 0 is what IMDS serves until it knows better, so it is
  /// believed only of the primary ENI and of one on a known card above 0.
  case deviceNumberNotBelievable(Int)
  /// The instance type has several network cards, and the ENI's is not listed. Taking it for 0
  /// would give two ENIs one route table.
  case networkCardMissing
  /// The subnet has IPv4 but the ENI has only IPv6 or a delegated prefix so far: `candidate`.
  case ipv4AddressesMissing(candidate: NetworkInterface)
  /// No address or prefix of either family: the ENI is EFA-only, as `candidate` says, or its
  /// addresses are not there yet.
  case noAddresses(candidate: NetworkInterface)
  /// A list is there and empty; without it the ENI is `candidate`.
  case emptyList(InterfaceKey, candidate: NetworkInterface)
  /// The facts are complete, but those before were not: they may still move.
  case moving(candidate: NetworkInterface)
  /// Two keys contradict each other, as they do while one of them is older than the other.
  case inconsistent(InterfaceKey, InterfaceKey)

  /// What the ENI is if the reading is no passing state: to be believed once readings have agreed
  /// on it for a while.
  package var candidate: NetworkInterface? {
    switch self {
    case .ipv4AddressesMissing(let candidate), .noAddresses(let candidate),
      .emptyList(_, let candidate), .moving(let candidate):
      candidate
    case .notListed, .keyNotListed, .keyVanished, .deviceNumberNotBelievable, .networkCardMissing,
      .inconsistent:
      nil
    }
  }

  /// What an operator can do when it stays so.
  package var advice: String {
    switch self {
    case .notListed:
      """
      check with `aws ec2 describe-network-interfaces` that the ENI is attached to this instance, \
      then run eni-init again
      """
    case .keyNotListed, .keyVanished, .deviceNumberNotBelievable, .networkCardMissing,
      .inconsistent, .ipv4AddressesMissing, .noAddresses, .emptyList,
      .moving:
      "run eni-init again later; if it stays so, detach the ENI and attach it again"
    }
  }
}

extension Unsettled: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notListed: "IMDS does not list it"
    case .keyNotListed(let key): "IMDS does not list its \(key)"
    case .keyVanished(let key): "IMDS lists its \(key) but has no value for it"
    case .deviceNumberNotBelievable(let number):
      "device number \(number) is not believable for it"
    case .networkCardMissing:
      "IMDS does not list its network-card, which this instance type has"
    case .ipv4AddressesMissing: "its subnet has IPv4 but IMDS lists no local-ipv4s"
    case .noAddresses: "IMDS lists no address for it"
    case .emptyList(let key, _): "its \(key) is empty"
    case .moving: "its facts have only just become complete"
    case .inconsistent(let first, let second): "its \(first) and \(second) contradict each other"
    }
  }
}
