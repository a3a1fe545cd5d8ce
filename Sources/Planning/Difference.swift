// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What an ENI lacks in the kernel of what its plan asks: plan − state.
///
/// Only additions, and what a DHCP client has left: a secondary address that IMDS no longer lists is
/// withdrawn elsewhere, after a second complete read has agreed. An empty difference is also the proof
/// that an apply worked.
package struct Difference: Hashable, Sendable {
  /// Changes of the link itself, to be made while it is down, in this order.
  package let link: [Change]
  /// What makes an end of what a DHCP client or a router's word has given a link that is up: an address
  /// of the plan would go with its lease, and main's routes would take packets of the primary.
  ///
  /// From 24.1 on cloud-init runs such a client for each ENI at each boot, where netplan is.
  package let leases: [Change]
  /// The changes that make the first IPv6 address the source of new connections.
  ///
  /// An ENI is complete without them: not every stack can write them.
  package let preferences: [Change]
  /// The MTU, which a driver's limit or an XDP program may refuse.
  ///
  /// An ENI is complete without it, since it carries traffic all the same.
  package let tuning: [Change]
  /// Addresses, routes and rules, in the order the kernel accepts them; without the addresses and routes of
  /// a family that the kernel does not accept on the link (see ``Shortfall``).
  package let routing: [Change]

  /// All of them, in the order in which they are made.
  package var changes: [Change] { link + leases + tuning + routing + preferences }

  /// Whether the kernel has all that the plan asks, and nothing has to end.
  package var isEmpty: Bool {
    isComplete && leases.isEmpty && tuning.isEmpty && preferences.isEmpty
  }

  /// Whether the kernel has all that the plan asks; a client that is at work meanwhile takes none of it.
  package var isComplete: Bool { link.isEmpty && routing.isEmpty }

  /// The difference between `plan` and `state` for the ENI's link; nil when the link is gone.
  ///
  /// `isNew` says that the link does not carry our configuration yet. Then it may be taken down to
  /// be renamed, and the addresses that another configuration gave it go: networkd would keep
  /// one that it is asked for, with the route it brings. A link that does carry ours keeps its name
  /// until the next boot, since taking it down would flush its routes (a kernel before 6.2
  /// renames down links only).
  package init?(_ plan: InterfacePlan, state: KernelIndex, isNew: Bool) {
    guard let link = state.link(mac: plan.mac) else { return nil }
    self.link = Self.linkChanges(plan, link, state, isNew: isNew)
    leases = Self.leases(plan, link, state, isNew: isNew)
    preferences = isNew ? [] : Self.preferences(plan, link, state)
    let mtu = plan.isHeld ? nil : plan.mtu
    tuning = mtu.map { $0 == link.mtu ? [] : [.setMTU($0, link.index, plan.name)] } ?? []
    routing = plan.isHeld ? [] : Self.routingChanges(plan, link, state)
  }

  /// The difference between `plan` and a state that is looked at once.
  package init?(_ plan: InterfacePlan, state: KernelState, isNew: Bool) {
    self.init(plan, state: KernelIndex(state), isNew: isNew)
  }

  private static func linkChanges(
    _ plan: InterfacePlan,
    _ link: Link,
    _ state: KernelIndex,
    isNew: Bool
  ) -> [Change] {
    var changes: [Change] = []
    // udev sets the group at each event; a primary that was there before us has had none yet.
    for member in [state.link(mac: plan.primaryMAC), link].compactMap(\.self)
    where member.group != .eni {
      changes.append(.setGroup(.eni, member.index, member.name))
    }
    let isTaken = state.owner(of: plan.name).map { $0 != link.index } ?? false
    var name = link.name
    if name != plan.name, !isTaken, isNew || !link.isUp {
      if link.isUp { changes.append(.setDown(link.index, name)) }
      // A former slot may have left the new name as an alternative one of this very link, and the kernel
      // renames no link to a name that is taken, even by the link itself.
      if link.alternativeNames.contains(plan.name.text) {
        changes.append(.removeAlternativeName(plan.name.text, link.index, name))
      }
      changes.append(.rename(link.index, from: name, to: plan.name))
      name = plan.name
    }
    if isNew {
      changes += state.addresses(on: link.index).filter { !$0.address.isLinkLocal }
        .map { .removeAddress($0, link.index, name) }
    }
    for alternative in plan.alternativeNames
    where !link.alternativeNames.contains(alternative) && alternative != name.text {
      changes.append(.addAlternativeName(alternative, link.index, name))
    }
    return changes
  }

  private static func leases(
    _ plan: InterfacePlan,
    _ link: Link,
    _ state: KernelIndex,
    isNew: Bool
  ) -> [Change] {
    let (index, name) = (link.index, isNew ? plan.name : link.name)
    // A new link has lost its addresses by then.
    let leased = isNew ? [] : state.addresses(on: index).filter { state.isLease($0, on: index) }
    let addresses = plan.addresses.flatMap { own -> [Change] in
      let forms = [own, own.address.hostPrefix]
      let hasLasting = forms.contains { state.has($0, on: index) && !state.isLease($0, on: index) }
      return leased.filter { $0.address == own.address }.map {
        // With another length beside ours, it has only brought a route.
        hasLasting || !forms.contains($0)
          ? .removeAddress($0, index, name) : .keepAddress($0, index, name)
      }
    }
    let routes = state.routes(by: index).filter { route in
      guard route.table == .main else { return false }
      if [.dhcp, .routerAdvertisement].contains(route.protocol) { return true }
      // An IPv4 address that is replaced keeps the route that the kernel gave it.
      return route.protocol == .kernel && leased.contains { $0.network == route.destination }
    }
    return addresses + routes.map { .removeRoute($0, index, name) }
  }

  private static func preferences(
    _ plan: InterfacePlan,
    _ link: Link,
    _ state: KernelIndex
  ) -> [Change] {
    plan.addresses.filter { $0.family == .ipv6 }.compactMap { own in
      // A stack may have added it alone.
      let form = [own, own.address.hostPrefix].first { state.has($0, on: link.index) }
      let isDeprecated = plan.isDeprecated(own)
      guard let form, state.isDeprecated(form, on: link.index) != isDeprecated else { return nil }
      return isDeprecated
        ? .deprecateAddress(form, link.index, link.name) : .keepAddress(form, link.index, link.name)
    }
  }

  private static func routingChanges(
    _ plan: InterfacePlan,
    _ link: Link,
    _ state: KernelIndex
  ) -> [Change] {
    let name = plan.name
    var changes: [Change] = []
    if !link.isUp { changes.append(.setUp(link.index, name)) }
    // One that stands alone does as well: none brings a route.
    for address in plan.addresses
    where link.accepts(address.family) && !state.has(address, on: link.index)
      && !state.has(address.address.hostPrefix, on: link.index)
    {
      changes.append(
        plan.isDeprecated(address)
          ? .addDeprecatedAddress(address, link.index, name)
          : .addAddress(address, link.index, name)
      )
    }
    for route in plan.routes
    where link.accepts(route.destination.family) && !state.has(route, on: link.index) {
      changes.append(.addRoute(route, link.index, name))
    }
    for rule in plan.rules where !state.serves(rule) { changes.append(.addRule(rule)) }
    return changes
  }
}

extension KernelIndex {
  /// Whether the rule is there, or one that does as well.
  ///
  /// The host-wide rule counts without its group too: networkd before 250 cannot write it, and
  /// then the rule does what other tools' rules do.
  fileprivate func serves(_ rule: RoutingPolicyRule) -> Bool {
    if has(rule) { return true }
    return rule.priority == .hostWide && has(rule.withoutGroup)
  }
}
