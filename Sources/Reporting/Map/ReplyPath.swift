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

  /// The path of what has `source` as its source; nil when no rule and route let it go.
  init?(from source: IPAddress, in kernel: KernelState) {
    let question = RouteLookup.Question(from: source, to: ReplyQuestions.internet(source.family))
    guard let found = RuleWalk(question, kernel).taken else { return nil }
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
