// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What an ENI lacks in the kernel of what its plan asks: plan − state.
///
/// Only additions, and what a DHCP client has left: a secondary address that IMDS no longer lists is
/// withdrawn elsewhere, after a second complete read has agreed. An empty difference is also the proof
/// that an apply worked.
package struct Difference: Hashable, Sendable {
  /// Changes of the link itself and of what others have left on it, to be made first, in this order.
  package let link: [Change]
  /// Addresses, routes and rules, in the order the kernel accepts them.
  package let routing: [Change]

  /// Whether the kernel has all that the plan asks.
  package var isEmpty: Bool { link.isEmpty && routing.isEmpty }

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
      // A former slot may have left the new name as an alternative one of this very link.
      changes.append(.rename(link.index, from: name, to: plan.name))
      name = plan.name
    }
    if isNew {
      changes += state.addresses(on: link.index).filter { !$0.address.isLinkLocal }
        .map { .removeAddress($0, link.index, name) }
    }
    changes += leases(plan, link.index, name, state, areKept: !isNew)
    for alternative in plan.alternativeNames
    where !link.alternativeNames.contains(alternative) && alternative != name.text {
      changes.append(.addAlternativeName(alternative, link.index, name))
    }
    return changes
  }

  /// What makes an end of what a DHCP client or a router's word has given the link: an address of the
  /// plan would go when its lease ends, and main's routes would take packets of the primary.
  ///
  /// From 24.1 on cloud-init runs such a client for each ENI at each boot, where netplan is.
  private static func leases(
    _ plan: InterfacePlan,
    _ link: Link.Index,
    _ name: InterfaceName,
    _ state: KernelIndex,
    areKept: Bool
  ) -> [Change] {
    let addresses = state.addresses(on: link).filter { address in
      areKept && state.isLease(address, on: link)
        && plan.addresses.contains { $0 == address || $0.address.hostPrefix == address }
    }
    let routes = state.routes(by: link).filter {
      $0.table == .main && [.dhcp, .routerAdvertisement].contains($0.protocol)
    }
    return addresses.map { .keepAddress($0, link, name) }
      + routes.map { .removeRoute($0, link, name) }
  }

  private static func routingChanges(
    _ plan: InterfacePlan,
    _ link: Link,
    _ state: KernelIndex
  ) -> [Change] {
    let name = plan.name
    var changes: [Change] = []
    if let mtu = plan.mtu, link.mtu != mtu { changes.append(.setMTU(mtu, link.index, name)) }
    if !link.isUp { changes.append(.setUp(link.index, name)) }
    // One that stands alone does as well: none brings a route.
    for address in plan.addresses
    where !state.has(address, on: link.index)
      && !state.has(address.address.hostPrefix, on: link.index)
    {
      changes.append(.addAddress(address, link.index, name))
    }
    for route in plan.routes where !state.has(route, on: link.index) {
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
