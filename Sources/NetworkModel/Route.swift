// SPDX-License-Identifier: Apache-2.0

/// A unicast route through a link, which is named where the route is kept.
package struct Route: Hashable, Sendable {
  /// Where it leads; length 0 is a default route.
  package let destination: IPPrefix
  /// The next hop; nil when the destination is on the link.
  package let gateway: IPAddress?
  /// The table that holds it.
  package let table: RouteTable
  /// The metric, of which the lowest wins.
  ///
  /// 0 means none for IPv4; for IPv6 the kernel stores 1024 when none is given.
  package let metric: UInt32
  /// Who installed it.
  package let `protocol`: RouteProtocol

  /// A route with these properties.
  package init(
    destination: IPPrefix,
    gateway: IPAddress? = nil,
    table: RouteTable,
    metric: UInt32 = 0,
    protocol: RouteProtocol
  ) {
    self.destination = destination
    self.gateway = gateway
    self.table = table
    self.metric = metric
    self.protocol = `protocol`
  }

  /// Whether it is a default route of main.
  package var isDefaultOfMain: Bool { table == .main && destination.isDefault }

  /// The same route with another protocol.
  package func installed(by other: RouteProtocol) -> Self {
    Self(
      destination: destination,
      gateway: gateway,
      table: table,
      metric: metric,
      protocol: other
    )
  }
}
