// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What the kernel has of ours for an ENI that its plan does not have any more.
///
/// Ours are the rules of its slot's priority and table, the addresses that those rules route, and
/// the routes of our protocol in its table; an address that somebody else put on the link has
/// no such rule and stays.
package enum Withdrawal {
  /// The changes that take it back: a rule before its address, so that no reply is sent from an
  /// address that is half gone.
  package static func changes(_ plan: InterfacePlan, state: KernelIndex) -> [Change] {
    guard let link = state.link(mac: plan.mac) else { return [] }
    let slot = plan.interface.attachment
    let planned = Set(plan.rules.compactMap(\.source))
    let former = state.sources(of: slot).filter { !planned.contains($0) }
    let subnetRules = state.rules(to: slot.table).filter {
      $0.priority == slot.subnetPriority && !plan.rules.contains($0)
    }
    let rules =
      former.map { .from($0, table: slot.table, priority: slot.rulePriority) } + subnetRules
      + primaryRules(plan, state)
    let addresses = state.addresses(on: link.index).filter {
      former.contains($0.address.hostPrefix)
    }
    .map { Change.removeAddress($0, link.index, link.name) }
    let routes = state.routes(by: link.index).filter {
      $0.table == slot.table && $0.protocol == .eniInit && !plan.routes.contains($0)
    }
    return unasked(plan, state: state) + rules.map { .removeRule($0) } + addresses
      + routes.map { .removeRoute($0, link.index, link.name) }
  }

  /// The rules that keep the primary's replies to the ENI's subnets in main, for a subnet that is not the
  /// primary's any more; those for a subnet that no ENI uses are ``DanglingRules``.
  private static func primaryRules(
    _ plan: InterfacePlan,
    _ state: KernelIndex
  ) -> [RoutingPolicyRule] {
    let planned = Set(plan.rules.filter(\.isOfPrimary).compactMap(\.destination))
    return state.rules(to: .main).filter { rule in
      guard rule.isOfPrimary, let subnet = rule.destination else { return false }
      return planned.contains(subnet) && !plan.rules.contains(rule)
    }
  }

  /// The part of it that a setting asks for no more, so that no reading of IMDS has to agree.
  package static func unasked(_ plan: InterfacePlan, state: KernelIndex) -> [Change] {
    let slot = plan.interface.attachment
    return state.rules(to: slot.table).filter { $0.mark != nil && !plan.rules.contains($0) }
      .map { .removeRule($0) }
  }
}
