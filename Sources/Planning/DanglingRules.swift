// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// The rules that an ENI which is gone has left behind.
///
/// The kernel drops an unplugged link's addresses and routes by itself; rules belong to no link.
/// networkd removes those of its files, but not one that was added by netlink.
package enum DanglingRules {
  /// Our rules in `state` that lead to the table of an ENI which has neither a link nor a route; the
  /// rules that keep the primary's replies to the subnet of such an ENI in main; and the host-wide rule
  /// of a family that no ENI uses any more.
  package static func find(in state: KernelState) -> [RoutingPolicyRule] {
    // Of an ENI whose link is there a table may be empty for a moment, as while it is down.
    let present = state.links.flatMap(\.alternativeNames).compactMap {
      Attachment(alternativeName: $0)?.table
    }
    let routes = state.routes.map(\.route).filter { RouteTable.reserved.contains($0.table) }
    let live = Set(routes.map(\.table)).union(present)
    // Ours are those whose priority goes with their table, both in our range: nobody else's rule looks
    // like that, but amazon-ec2-net-utils's, which cannot be installed beside us.
    let perInterface = state.rules.filter(isOfInterface)
    // Somebody may have removed an ENI's own rules already, as ifdown(8) does.
    let used = Set(perInterface.filter { live.contains($0.table) }.map(\.family))
      .union(routes.map(\.destination.family))
    let subnets = Set(perInterface.filter { live.contains($0.table) }.compactMap(\.destination))
      .union(routes.map(\.destination))
    return perInterface.filter { !live.contains($0.table) }
      + state.rules.filter { rule in
        if isHostWide(rule) { return !used.contains(rule.family) }
        guard rule.isOfPrimary else { return false }
        return rule.destination.map { !subnets.contains($0) }
          ?? isReplaced(rule, by: state.rules, for: perInterface)
      }
  }

  /// Whether no ENI needs the rule of an earlier version, which matched every destination: each subnet
  /// that an ENI leads to has a rule of its own for the same source.
  private static func isReplaced(
    _ rule: RoutingPolicyRule,
    by rules: [RoutingPolicyRule],
    for perInterface: [RoutingPolicyRule]
  ) -> Bool {
    guard let source = rule.source else { return false }
    return perInterface.compactMap(\.destination).filter { $0.family == rule.family }
      .allSatisfy { rules.contains(.primary(source, to: $0)) }
  }

  private static func isOfInterface(_ rule: RoutingPolicyRule) -> Bool {
    guard RouteTable.reserved.contains(rule.table) else { return false }
    let ordinal = rule.table.rawValue - RouteTable.firstENI.rawValue
    let base = rule.destination == nil ? RulePriority.hostWide : .primary
    let hasOne = [rule.source != nil, rule.destination != nil, rule.mark != nil].count { $0 } == 1
    return rule.priority.rawValue == base.rawValue + ordinal && hasOne
  }

  private static func isHostWide(_ rule: RoutingPolicyRule) -> Bool {
    rule.withoutGroup == .hostWide(rule.family).withoutGroup
  }
}
