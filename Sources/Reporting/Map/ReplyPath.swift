// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// How the kernel lets a packet go that has a certain source and is for somewhere far away.
struct ReplyPath: Hashable {
  /// The table whose default route it takes.
  let table: RouteTable
  /// The next hop; nil when everything is on the link.
  let gateway: IPAddress?
  /// The link it leaves by; nil when the route has several next hops.
  let link: Link.Index?

  /// The path of what has `source` as its source; nil when there is none.
  ///
  /// The rules for that source are asked in their order, and main after all of them: a table without
  /// a default route lets the packet go on to the next one, which is how a reply ends in main.
  init?(from source: IPAddress, in kernel: KernelState) {
    let rules = kernel.rules.filter { rule in
      rule.source?.contains(source) ?? false && rule.destination == nil && rule.mark == nil
        && rule.suppressPrefixLength == nil
    }.sorted { $0.priority < $1.priority }
    let routes = (rules.map(\.table) + [.main]).lazy.compactMap {
      kernel.defaultRoute(source.family, in: $0)
    }
    guard let found = routes.first else { return nil }
    table = found.route.table
    gateway = found.route.gateway
    link = found.link
  }
}

extension KernelState {
  /// The default route of a table that wins; nil for none.
  func defaultRoute(_ family: AddressFamily, in table: RouteTable) -> LinkRoute? {
    routes.filter { $0.route.table == table && $0.route.destination == .all(family) }
      .min { $0.route.metric < $1.route.metric }
  }
}
