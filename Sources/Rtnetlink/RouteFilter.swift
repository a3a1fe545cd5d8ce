// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// The part of the routes that a list has.
///
/// Kernels before 4.20 send all routes whatever is asked, so the answer is filtered again.
package struct RouteFilter: Hashable, Sendable {
  /// The table; nil for all but `local`.
  package let table: RouteTable?
  /// The link that they leave by; nil for any.
  package let link: Link.Index?
  /// The program that has installed them; nil for any.
  package let `protocol`: RouteProtocol?

  /// No filter, or one of these parts.
  package init(
    table: RouteTable? = nil,
    link: Link.Index? = nil,
    protocol: RouteProtocol? = nil
  ) {
    self.table = table
    self.link = link
    self.protocol = `protocol`
  }

  /// Whether the list has a route.
  func contains(_ route: KernelState.LinkRoute) -> Bool {
    (table == nil || route.route.table == table) && (link == nil || route.link == link)
      && (`protocol` == nil || route.route.protocol == `protocol`)
  }
}

extension RouteFilter: CustomStringConvertible {
  /// As ip-route(8) takes it.
  package var description: String {
    "table " + (table?.description ?? "all") + (link.map { " dev if\($0)" } ?? "")
      + (`protocol`.map { " proto \($0)" } ?? "")
  }
}
