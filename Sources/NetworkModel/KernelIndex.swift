// SPDX-License-Identifier: Apache-2.0

/// A kernel state arranged for look-ups.
///
/// A refresh compares each address, route and rule of up to 64 ENIs with the kernel's; by searching
/// lists that would take the square of their number.
package struct KernelIndex: Sendable {
  /// The state itself.
  package let state: KernelState
  private let addresses: Set<KernelState.LinkAddress>
  private let routes: Set<KernelState.LinkRoute>
  private let rules: Set<RoutingPolicyRule>
  private let rulesByTable: [RouteTable: [RoutingPolicyRule]]
  private let addressesByLink: [Link.Index: [IPPrefix]]
  private let routesByLink: [Link.Index: [Route]]
  private let enis: ENILinks
  private let indexByName: [String: Link.Index]

  /// The subnets of the primary by family, as the rules for replies to an ENI's subnet show them.
  ///
  /// A family without rules that lead to an ENI's subnet has no entry: nothing is known of it.
  package let primarySubnets: [AddressFamily: [IPPrefix]]

  /// The index of `state`.
  package init(_ state: KernelState) {
    self.state = state
    addresses = Set(state.addresses)
    routes = Set(state.routes.map { .init(link: $0.link, route: $0.route.installed(by: .eniInit)) })
    rules = Set(state.rules)
    rulesByTable = Dictionary(grouping: state.rules, by: \.table)
    addressesByLink = Dictionary(grouping: state.addresses, by: \.link)
      .mapValues { $0.map(\.prefix) }
    var routesByLink: [Link.Index: [Route]] = [:]
    for route in state.routes {
      if let link = route.link { routesByLink[link, default: []].append(route.route) }
    }
    self.routesByLink = routesByLink
    enis = ENILinks(state.links)
    primarySubnets = Self.primarySubnets(state.rules)
    indexByName = Dictionary(
      state.links.flatMap { link in
        ([link.name.text] + link.alternativeNames).map { ($0, link.index) }
      },
      uniquingKeysWith: { first, _ in first }
    )
  }

  private static func primarySubnets(
    _ rules: [RoutingPolicyRule]
  ) -> [AddressFamily: [IPPrefix]] {
    var subnets: [AddressFamily: [IPPrefix]] = [:]
    for rule in rules {
      if rule.isOfPrimary, let source = rule.source {
        if !subnets[rule.family, default: []].contains(source) {
          subnets[rule.family, default: []].append(source)
        }
      } else if rule.destination != nil, RouteTable.reserved.contains(rule.table),
        rule.priority > .primary, RulePriority.reserved.contains(rule.priority)
      {
        subnets[rule.family, default: []] += []
      }
    }
    return subnets
  }

  /// The link of the ENI with this MAC; see ``ENILinks``.
  package func link(mac: MACAddress) -> Link? { enis[mac] }

  /// The link that has a name, proper or alternative.
  package func owner(of name: InterfaceName) -> Link.Index? { indexByName[name.text] }

  /// Whether the address is on the link.
  package func has(_ prefix: IPPrefix, on link: Link.Index) -> Bool {
    addresses.contains(.init(link: link, prefix: prefix))
  }

  /// Whether the address is on the link for a time only.
  package func isLease(_ prefix: IPPrefix, on link: Link.Index) -> Bool {
    state.leases.contains(.init(link: link, prefix: prefix))
  }

  /// Whether the address on the link is no source of new connections.
  package func isDeprecated(_ prefix: IPPrefix, on link: Link.Index) -> Bool {
    state.deprecated.contains(.init(link: link, prefix: prefix))
  }

  /// Whether the route leaves by the link, whoever has installed it: NetworkManager writes its own name
  /// on each.
  package func has(_ route: Route, on link: Link.Index) -> Bool {
    routes.contains(.init(link: link, route: route.installed(by: .eniInit)))
  }

  /// Whether the rule is there.
  package func has(_ rule: RoutingPolicyRule) -> Bool { rules.contains(rule) }

  /// The addresses on the link, in the kernel's order.
  package func addresses(on link: Link.Index) -> [IPPrefix] { addressesByLink[link] ?? [] }

  /// Whether the link has an address beyond its link-local one, as from a lease.
  package func isConfigured(_ link: Link.Index) -> Bool {
    addresses(on: link).contains { !$0.address.isLinkLocal }
  }

  /// The routes that leave by the link.
  package func routes(by link: Link.Index) -> [Route] { routesByLink[link] ?? [] }

  /// The rules that lead to a table.
  package func rules(to table: RouteTable) -> [RoutingPolicyRule] { rulesByTable[table] ?? [] }

  /// What the rules of an ENI in this slot match.
  package func sources(of slot: Attachment) -> [IPPrefix] {
    (rulesByTable[slot.table] ?? []).compactMap { rule in
      rule.priority == slot.rulePriority && rule.destination == nil ? rule.source : nil
    }
  }
}
