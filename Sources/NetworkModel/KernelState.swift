// SPDX-License-Identifier: Apache-2.0

/// What the kernel's network configuration is at one moment: the answer to four dumps.
package struct KernelState: Hashable, Sendable {
  /// An address on a link.
  package struct LinkAddress: Hashable, Sendable {
    /// The link that has it.
    package let link: Link.Index
    /// The address with its prefix length.
    package let prefix: IPPrefix

    /// `prefix` on `link`.
    package init(link: Link.Index, prefix: IPPrefix) {
      self.link = link
      self.prefix = prefix
    }
  }

  /// A unicast route and the link it leaves by.
  package struct LinkRoute: Hashable, Sendable {
    /// The link it leaves by; nil when it has several next hops.
    package let link: Link.Index?
    /// The route.
    package let route: Route

    /// `route` by `link`.
    package init(link: Link.Index?, route: Route) {
      self.link = link
      self.route = route
    }
  }

  /// All links of the namespace.
  package var links: [Link]
  /// All addresses, in the kernel's order: the first of a subnet is the preferred source.
  package var addresses: [LinkAddress]
  /// Those of `addresses` that have an end, as a DHCP client gives them (IFA_F_PERMANENT is not set).
  package var leases: Set<LinkAddress>
  /// Those of `addresses` that are no source of new connections (IFA_F_DEPRECATED).
  package var deprecated: Set<LinkAddress>
  /// Unicast routes of all tables but `local`.
  package var routes: [LinkRoute]
  /// The default routes of main among `routes`, whole.
  package var savedRoutes: [SavedRoute]
  /// Rules of both families.
  package var rules: [RoutingPolicyRule]

  /// A state of these parts.
  package init(
    links: [Link] = [],
    addresses: [LinkAddress] = [],
    leases: Set<LinkAddress> = [],
    deprecated: Set<LinkAddress> = [],
    routes: [LinkRoute] = [],
    savedRoutes: [SavedRoute] = [],
    rules: [RoutingPolicyRule] = []
  ) {
    self.links = links
    self.addresses = addresses
    self.leases = leases
    self.deprecated = deprecated
    self.routes = routes
    self.savedRoutes = savedRoutes
    self.rules = rules
  }

  /// The link of the ENI with this MAC; see ``ENILinks``.
  package func link(mac: MACAddress) -> Link? { ENILinks(links)[mac] }

  /// The default routes of the main table: what must never change through us.
  package var mainDefaultRoutes: Set<LinkRoute> {
    Set(routes.filter { $0.route.isDefaultOfMain })
  }

  /// The changes that bring back those of main's default routes that `state` lacks, exactly as they are
  /// here; without those by `link`, and those that a link which is gone was a part of.
  package func restoringDefaultRoutes(in state: KernelState, besides link: Link.Index) -> [Change] {
    let lost = mainDefaultRoutes.subtracting(state.mainDefaultRoutes)
    let present = Set(state.links.map(\.index))
    return savedRoutes.filter { saved in
      saved.parts.contains(where: lost.contains)
        && saved.nextHops.allSatisfy { $0.link != link && present.contains($0.link) }
    }.map { .restoreRoute($0) }
  }
}
