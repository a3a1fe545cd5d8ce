// SPDX-License-Identifier: Apache-2.0

/// A network device as the kernel shows it (rtnetlink(7), RTM_GETLINK).
package struct Link: Hashable, Sendable {
  /// The kernel's number for a device in one network namespace; never reused while it lives.
  package struct Index: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number, at least 1.
    package let rawValue: UInt32

    /// The index with this number; nil for 0, which the kernel uses for "none".
    package init?(_ rawValue: UInt32) {
      guard rawValue > 0, rawValue <= UInt32(Int32.max) else { return nil }
      self.rawValue = rawValue
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package var description: String { String(rawValue) }
  }

  /// The kernel's number.
  package let index: Index
  /// The current name.
  package let name: InterfaceName
  /// Alternative names (`ip link property`), in the kernel's order.
  package let alternativeNames: [String]
  /// The current Ethernet address; nil for a device without one, such as a tunnel.
  package let address: MACAddress?
  /// The address the hardware came with; nil when the driver does not tell, as veth does not.
  package let permanentAddress: MACAddress?
  /// The kernel's name for the kind of a virtual device (IFLA_INFO_KIND), such as `bridge`, `vlan` or
  /// `openvswitch`; nil for hardware.
  package let kind: String?
  /// The bridge, bond or other device that has the link as a port (`ip link set master`); nil for none.
  package let master: Index?
  /// Bytes.
  package let mtu: UInt32
  /// The link group.
  package let group: LinkGroup
  /// Administratively up (IFF_UP).
  package let isUp: Bool
  /// Whether IPv6 is disabled on this link (`net.ipv6.conf.LINK.disable_ipv6`).
  package let isIPv6Disabled: Bool

  /// The address by which IMDS knows the link if it is an ENI.
  ///
  /// This is the permanent one, or the current one when the driver has no permanent one. Another link may
  /// have it too; see ``ENILinks``.
  package var mac: MACAddress? { permanentAddress ?? address }

  /// A link with these properties.
  package init(
    index: Index,
    name: InterfaceName,
    alternativeNames: [String] = [],
    address: MACAddress?,
    permanentAddress: MACAddress? = nil,
    kind: String? = nil,
    master: Index? = nil,
    mtu: UInt32 = 1500,
    group: LinkGroup = LinkGroup(rawValue: 0),
    isUp: Bool = false,
    isIPv6Disabled: Bool = false
  ) {
    self.index = index
    self.name = name
    self.alternativeNames = alternativeNames
    self.address = address
    self.permanentAddress = permanentAddress
    self.kind = kind
    self.master = master
    self.mtu = mtu
    self.group = group
    self.isUp = isUp
    self.isIPv6Disabled = isIPv6Disabled
  }

  /// The least MTU of a link with IPv6 (RFC 8200, section 5): below it the kernel takes IPv6 off the link.
  package static let leastMTUForIPv6: UInt32 = 1280

  /// Whether the kernel accepts addresses of a family on the link.
  package func accepts(_ family: AddressFamily) -> Bool {
    family == .ipv4 || !isIPv6Disabled && mtu >= Self.leastMTUForIPv6
  }
}
