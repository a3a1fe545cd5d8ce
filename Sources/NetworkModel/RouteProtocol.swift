// SPDX-License-Identifier: Apache-2.0

/// Who installed a route or a rule: rtm_protocol (rtnetlink(7)).
package struct RouteProtocol: Hashable, Sendable, CustomStringConvertible {
  /// The number as the kernel knows it.
  package let rawValue: UInt8

  /// The protocol with this number.
  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Installed by ip(8) when no other is given (RTPROT_BOOT).
  package static let boot = RouteProtocol(rawValue: 3)
  /// Installed by the kernel itself, for example with an address (RTPROT_KERNEL).
  package static let kernel = RouteProtocol(rawValue: 2)
  /// Installed because a router announced it (RTPROT_RA).
  package static let routerAdvertisement = RouteProtocol(rawValue: 9)
  /// Installed by a DHCP client (RTPROT_DHCP).
  package static let dhcp = RouteProtocol(rawValue: 16)
  /// What networkd marks its rules with; its rule section has no key to change it.
  package static let `static` = RouteProtocol(rawValue: 4)
  /// Ours, by which our routes are told from everybody else's.
  ///
  /// No routing daemon in rtnetlink.h or iproute2's rt_protos has 169; the number recalls
  /// 169.254.169.254.
  package static let eniInit = RouteProtocol(rawValue: 169)

  package var description: String {
    switch self {
    case .kernel: "kernel"
    case .static: "static"
    case .routerAdvertisement: "ra"
    case .dhcp: "dhcp"
    default: String(rawValue)
    }
  }
}
