// SPDX-License-Identifier: Apache-2.0

/// What the primary ENI shall have beside what the image gives it: its secondary addresses.
///
/// Nothing else of the primary is ours: its name, its lease, its routes and the rules stay the
/// image's. A delegated prefix needs nothing there, since main's default leaves by the primary.
package struct PrimaryPlan: Hashable, Sendable {
  /// The primary ENI's MAC.
  package let mac: MACAddress
  /// Its addresses but each family's first, which DHCP gives, as host prefixes.
  package let addresses: [IPPrefix]

  /// A plan of these parts.
  package init(mac: MACAddress, addresses: [IPPrefix]) {
    self.mac = mac
    self.addresses = addresses
  }

  /// The plan with what an earlier one had too, until two readings agree that it is gone.
  package func keeping(_ earlier: [IPPrefix]) -> PrimaryPlan {
    PrimaryPlan(mac: mac, addresses: addresses + earlier.filter { !addresses.contains($0) })
  }
}
