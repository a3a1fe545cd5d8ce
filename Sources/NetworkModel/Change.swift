// SPDX-License-Identifier: Apache-2.0

/// One change of the kernel's network configuration, printed as the iproute2 command that does
/// the same.
package enum Change: Hashable, Sendable {
  case rename(Link.Index, from: InterfaceName, to: InterfaceName)
  case addAlternativeName(String, Link.Index, InterfaceName)
  case removeAlternativeName(String, Link.Index, InterfaceName)
  case setGroup(LinkGroup, Link.Index, InterfaceName)
  case setMTU(UInt32, Link.Index, InterfaceName)
  case setUp(Link.Index, InterfaceName)
  case setDown(Link.Index, InterfaceName)
  case addAddress(IPPrefix, Link.Index, InterfaceName)
  /// Adds an address that is no source of new connections (RFC 4862, "deprecated").
  case addDeprecatedAddress(IPPrefix, Link.Index, InterfaceName)
  case removeAddress(IPPrefix, Link.Index, InterfaceName)
  /// Keeps an address from being the source of new connections; it stays without an end.
  case deprecateAddress(IPPrefix, Link.Index, InterfaceName)
  /// Takes the end from an address that is there for a time only, as a DHCP client gives it, and makes it
  /// a source of new connections.
  case keepAddress(IPPrefix, Link.Index, InterfaceName)
  case addRoute(Route, Link.Index, InterfaceName)
  case removeRoute(Route, Link.Index, InterfaceName)
  /// Gives back a route that was there.
  case restoreRoute(SavedRoute)
  case addRule(RoutingPolicyRule)
  case removeRule(RoutingPolicyRule)
}

extension Change {
  /// The change that takes this one back; nil for a change of the link itself.
  package var inverse: Change? {
    switch self {
    case .addAddress(let prefix, let index, let name),
      .addDeprecatedAddress(let prefix, let index, let name):
      .removeAddress(prefix, index, name)
    case .addRoute(let route, let index, let name): .removeRoute(route, index, name)
    case .addRule(let rule): .removeRule(rule)
    default: nil
    }
  }
}

extension Change: CustomStringConvertible {
  package var description: String {
    switch self {
    case .rename(_, let old, let new): "ip link set dev \(old) name \(new)"
    case .addAlternativeName(let name, _, let link):
      "ip link property add dev \(link) altname \(name)"
    case .removeAlternativeName(let name, _, let link):
      "ip link property del dev \(link) altname \(name)"
    case .setGroup(let group, _, let link): "ip link set dev \(link) group \(group)"
    case .setMTU(let mtu, _, let link): "ip link set dev \(link) mtu \(mtu)"
    case .setUp(_, let link): "ip link set dev \(link) up"
    case .setDown(_, let link): "ip link set dev \(link) down"
    case .addAddress(let prefix, _, let link):
      "ip address add \(prefix) dev \(link) noprefixroute"
    case .addDeprecatedAddress(let prefix, _, let link):
      "ip address add \(prefix) dev \(link) noprefixroute preferred_lft 0"
    case .deprecateAddress(let prefix, _, let link):
      "ip address replace \(prefix) dev \(link) noprefixroute preferred_lft 0"
    case .removeAddress(let prefix, _, let link): "ip address del \(prefix) dev \(link)"
    case .keepAddress(let prefix, _, let link):
      "ip address replace \(prefix) dev \(link) noprefixroute"
    case .addRoute(let route, _, let link): "ip route add \(route.words(link))"
    case .removeRoute(let route, _, let link): "ip route del \(route.words(link))"
    case .restoreRoute(let saved): "ip route add \(saved)"
    case .addRule(let rule): "ip \(rule.familyOption)rule add \(rule)"
    case .removeRule(let rule): "ip \(rule.familyOption)rule del \(rule)"
    }
  }
}

extension Route {
  /// The route by `link` in iproute2's words, without the verb (ip-route(8)).
  package func words(_ link: InterfaceName) -> String {
    let target = destination.isDefault ? "\(family6 ? "::/0" : "default")" : "\(destination)"
    let via = gateway.map { " via \($0)" } ?? ""
    let metric = metric == 0 ? "" : " metric \(metric)"
    return "\(target)\(via) dev \(link) table \(table)\(metric) proto \(`protocol`)"
  }

  private var family6: Bool { destination.family == .ipv6 }
}

extension RoutingPolicyRule: CustomStringConvertible {
  fileprivate var familyOption: String { family == .ipv6 ? "-6 " : "" }

  /// The rule in iproute2's words, without the verb.
  package var description: String {
    var words = "priority \(priority) from \(source.map { "\($0)" } ?? "all")"
    if let destination { words += " to \(destination)" }
    if isForOwnPackets { words += " iif lo" }
    if let mark { words += " fwmark \(mark)" }
    words += " lookup \(table)"
    if let suppressPrefixLength { words += " suppress_prefixlength \(suppressPrefixLength)" }
    if let suppressGroup { words += " suppress_ifgroup \(suppressGroup)" }
    return words
  }
}
