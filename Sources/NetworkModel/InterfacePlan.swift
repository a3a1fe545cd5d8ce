// SPDX-License-Identifier: Apache-2.0

/// What one non-primary ENI shall look like, on disk and in the kernel.
package struct InterfacePlan: Hashable, Sendable {
  /// By which of a link's addresses a configuration file finds it.
  package enum Match: Hashable, Sendable {
    /// The address the hardware came with: survives whatever is set later.
    case permanentAddress
    /// The current address, for drivers that do not tell the permanent one.
    case currentAddress
  }

  /// The ENI this is for.
  package let interface: NetworkInterface
  /// The primary ENI's MAC: its link has to be in the ENIs' group for the host-wide rule.
  package let primaryMAC: MACAddress
  /// The name it shall have.
  package let name: InterfaceName
  /// How files find the link.
  package let match: Match
  /// The MTU in bytes; nil leaves the driver's.
  package let mtu: UInt32?
  /// Its addresses, the primary one first; none brings a route.
  package let addresses: [IPPrefix]
  /// The routes of its own table.
  package let routes: [Route]
  /// Its rules, the host-wide one of each family it uses first, in the order of their priorities.
  package let rules: [RoutingPolicyRule]
  /// Whether the host speaks IPv6: a link-local address would turn IPv6 on again for this link.
  package let isIPv6Spoken: Bool

  /// A plan of these parts.
  package init(
    interface: NetworkInterface,
    primaryMAC: MACAddress,
    name: InterfaceName,
    match: Match,
    mtu: UInt32?,
    addresses: [IPPrefix],
    routes: [Route],
    rules: [RoutingPolicyRule],
    isIPv6Spoken: Bool
  ) {
    self.interface = interface
    self.primaryMAC = primaryMAC
    self.name = name
    self.match = match
    self.mtu = mtu
    self.addresses = addresses
    self.routes = routes
    self.rules = rules
    self.isIPv6Spoken = isIPv6Spoken
  }

  /// The ENI's MAC.
  package var mac: MACAddress { interface.mac }

  /// Its id and its slot, so that either finds it whatever its name is.
  package var alternativeNames: [String] {
    [interface.id.text, interface.attachment.alternativeName]
  }

  /// Whether an address of it is no source of new connections, which an IPv6 address is after the first.
  ///
  /// Of IPv4 addresses the kernel prefers the first by itself, of IPv6 the one that came last.
  package func isDeprecated(_ prefix: IPPrefix) -> Bool {
    guard prefix.family == .ipv6 else { return false }
    return addresses.first { $0.family == .ipv6 }?.address != prefix.address
  }

  /// Whether there is nothing to configure: an EFA-only ENI stays held.
  package var isHeld: Bool { addresses.isEmpty && routes.isEmpty }
}
