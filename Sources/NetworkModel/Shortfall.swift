// SPDX-License-Identifier: Apache-2.0

/// A part of an ENI's plan that the kernel of this host does not accept; the ENI carries traffic without it.
///
/// An administrator or a driver has decided so, hence nothing is undone for it. Each refresh adds the part
/// once the kernel accepts it.
package enum Shortfall: Hashable, Sendable {
  /// IPv6 is not in the kernel, or disabled for new links.
  case hostWithoutIPv6
  /// IPv6 is disabled on the link with this name.
  case disabledIPv6(InterfaceName)
  /// The link has this MTU, which is too small for IPv6.
  case smallMTU(UInt32, InterfaceName)
  /// The link has another MTU than the planned one.
  case mtu(UInt32, planned: UInt32)
}

extension Shortfall {
  /// Whether it takes the IPv6 part away.
  package var isOfIPv6: Bool {
    if case .mtu = self { return false }
    return true
  }
}

extension InterfacePlan {
  /// The parts of the plan that the kernel does not accept on `link`.
  package func shortfalls(on link: Link) -> [Shortfall] {
    var found: [Shortfall] = []
    if let part = interface.ipv6, !part.addresses.isEmpty {
      if !addresses.contains(where: { $0.family == .ipv6 }) {
        found.append(.hostWithoutIPv6)
      } else if link.isIPv6Disabled {
        found.append(.disabledIPv6(link.name))
      } else if !link.accepts(.ipv6) {
        found.append(.smallMTU(link.mtu, link.name))
      }
    }
    if let mtu, mtu != link.mtu, !isHeld { found.append(.mtu(link.mtu, planned: mtu)) }
    return found
  }
}

extension Shortfall: CustomStringConvertible {
  /// What the ENI lacks, and why.
  package var description: String {
    switch self {
    case .hostWithoutIPv6: "lacks its IPv6 addresses: IPv6 is disabled on this host"
    case .disabledIPv6: "lacks its IPv6 addresses: IPv6 is disabled on it"
    case .smallMTU(let mtu, _):
      "lacks its IPv6 addresses: its MTU of \(mtu) is below \(Link.leastMTUForIPv6), the least for IPv6"
    case .mtu(let mtu, let planned):
      "has an MTU of \(mtu) instead of \(planned), which the kernel refuses or another program has changed"
    }
  }

  /// What adds the part.
  package var remedy: String {
    switch self {
    case .hostWithoutIPv6:
      "to have them, enable IPv6 (net.ipv6.conf.default.disable_ipv6, and ipv6.disable= of the kernel's "
        + "command line), and reboot"
    case .disabledIPv6(let name):
      "to have them, set net.ipv6.conf.\(name).disable_ipv6=0 in sysctl.d(5); the next refresh adds them"
    case .smallMTU(_, let name):
      "to have them, give \(name) a greater MTU, as by MTU= in eni-init.conf; the next refresh adds them"
    case .mtu(let mtu, _):
      "set MTU=\(mtu) in eni-init.conf, or take away what limits it, such as an XDP program "
        + "(`ip -d link show`); the next refresh sets the planned one"
    }
  }
}
