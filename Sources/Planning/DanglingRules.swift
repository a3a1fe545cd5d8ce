// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// The rules that an ENI which is gone has left behind.
///
/// The kernel drops an unplugged link's addresses and routes by itself; rules belong to no link.
/// networkd removes those of its files, but not one that was added by netlink.
package enum DanglingRules {
  /// Our rules in `state` that lead to the table of an ENI which has neither a link nor a route;
  /// with the last of a family goes its host-wide rule.
  package static func find(in state: KernelState) -> [RoutingPolicyRule] {
    // Of an ENI whose link is there a table may be empty for a moment, as while it is down.
    let present = state.links.flatMap(\.alternativeNames).compactMap {
      Attachment(alternativeName: $0)?.table
    }
    let live = Set(state.routes.map(\.route.table)).union(present)
    // Ours are those whose priority is the number of their table, both in our range: nobody else's
    // rule looks like that, but amazon-ec2-net-utils's, which cannot be installed beside us.
    let perInterface = state.rules.filter {
      RulePriority.reserved.contains($0.priority) && RouteTable.reserved.contains($0.table)
        && $0.priority.rawValue == $0.table.rawValue && $0.source != nil
    }
    let dangling = perInterface.filter { !live.contains($0.table) }
    guard !dangling.isEmpty else { return [] }
    let families = Set(dangling.map(\.family)).subtracting(
      perInterface.filter { live.contains($0.table) }.map(\.family)
    )
    return dangling
      + state.rules.filter { $0 == .hostWide($0.family) && families.contains($0.family) }
  }
}
