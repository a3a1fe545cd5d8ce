// SPDX-License-Identifier: Apache-2.0

/// What the primary ENI shall have: its addresses, of which the image gives it some.
///
/// Nothing else of the primary is ours: its name, its lease, its routes and the rules stay the
/// image's. A delegated prefix needs nothing there, since main's default leaves by the primary.
package struct PrimaryPlan: Hashable, Sendable {
  /// The primary ENI's MAC.
  package let mac: MACAddress
  /// Its addresses as host prefixes, in IMDS's order.
  package let addresses: [IPPrefix]

  /// A plan of these parts.
  package init(mac: MACAddress, addresses: [IPPrefix]) {
    self.mac = mac
    self.addresses = addresses
  }

  /// Whether an address that is added beside the image's is no source of new connections, so that the host's
  /// source stays the image's: of IPv6 addresses the kernel prefers the one that came last.
  package static func isDeprecated(_ prefix: IPPrefix) -> Bool { prefix.family == .ipv6 }

  /// The plan with what an earlier one had too, until two readings agree that it is gone.
  package func keeping(_ earlier: [IPPrefix]) -> PrimaryPlan {
    PrimaryPlan(mac: mac, addresses: addresses + earlier.filter { !addresses.contains($0) })
  }

  /// What remains to be given beside what the image gives.
  ///
  /// DHCP gives one address of each family: of IPv4 the first, of IPv6 one that IMDS need not list
  /// first. While the image has given none of a family, its first is left to the image.
  package func without(_ given: Set<IPAddress>) -> PrimaryPlan {
    var awaited = Set(AddressFamily.allCases)
    for prefix in addresses where given.contains(prefix.address) { awaited.remove(prefix.family) }
    let rest = addresses.filter { prefix in
      !given.contains(prefix.address) && awaited.remove(prefix.family) == nil
    }
    return PrimaryPlan(mac: mac, addresses: rest)
  }
}
