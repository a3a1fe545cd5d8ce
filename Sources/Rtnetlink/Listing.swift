// SPDX-License-Identifier: Apache-2.0

import CNetlink
package import NetworkModel

/// One of the lists that make up a ``KernelState``, printed as the command that shows it.
package enum Listing: Hashable, Sendable {
  /// Equivalent to: ip link show
  case links
  /// Equivalent to: ip -4 address show
  case addresses(AddressFamily)
  /// Equivalent to: ip -4 route show table all
  case routes(AddressFamily, RouteFilter = RouteFilter())
  /// Equivalent to: ip -4 rule show
  case rules(AddressFamily)

  /// The request for it.
  func request(sequence: UInt32) -> [UInt8] {
    switch self {
    case .links: LinkMessage.list(sequence: sequence)
    case .addresses(let family): AddressMessage.list(family, sequence: sequence)
    case .routes(let family, let filter): RouteMessage.list(family, filter, sequence: sequence)
    case .rules(let family): RuleMessage.list(family, sequence: sequence)
    }
  }

  /// The part of a kernel state that an answer to the request tells.
  func decode(_ messages: [NetlinkMessage]) throws(MalformedMessage) -> KernelState {
    var state = KernelState()
    for message in messages {
      switch self {
      case .links: try LinkMessage.decode(message).map { state.links.append($0) }
      case .addresses(let family):
        try AddressMessage.decode(message, family: family).map {
          state.addresses.append($0.address)
          if $0.isLease { state.leases.insert($0.address) }
          if $0.isDeprecated { state.deprecated.insert($0.address) }
        }
      case .routes(let family, let filter):
        guard let route = try RouteMessage.decode(message, family: family) else { continue }
        let saved = try SavedRouteMessage.decode(message, route)
        let parts = saved.parts.filter(filter.contains)
        state.routes += parts
        if route.route.isDefaultOfMain, !parts.isEmpty { state.savedRoutes.append(saved) }
      case .rules(let family):
        try RuleMessage.decode(message, family: family).map { state.rules.append($0) }
      }
    }
    return state
  }

  /// Whether a refusal with this code means that there is nothing to list.
  ///
  /// That is so when the kernel has no such family (`ipv6.disable=1`: EAFNOSUPPORT) or no such table (a kernel without
  /// CONFIG_IP_MULTIPLE_TABLES: EOPNOTSUPP). Links every kernel has.
  func isEmpty(whenRefusedWith code: Int32) -> Bool {
    if case .routes(_, let filter) = self, filter != RouteFilter(), [ENOENT, ENODEV].contains(code)
    {
      return true
    }
    return self != .links && (code == EAFNOSUPPORT || code == EOPNOTSUPP)
  }
}

extension Listing: CustomStringConvertible {
  package var description: String {
    switch self {
    case .links: "ip link show"
    case .addresses(let family): "ip \(family.option) address show"
    case .routes(let family, let filter): "ip \(family.option) route show \(filter)"
    case .rules(let family): "ip \(family.option) rule show"
    }
  }
}

extension AddressFamily {
  fileprivate var option: String { self == .ipv4 ? "-4" : "-6" }
}
