// SPDX-License-Identifier: Apache-2.0

/// A route exactly as the kernel has shown it, so that it can be given back with all of its properties: its
/// source address, MTU, expiry, and next hops.
package struct SavedRoute: Hashable, Sendable {
  /// One way that the route leads.
  package struct NextHop: Hashable, Sendable {
    /// The link it leaves by.
    package let link: Link.Index
    /// The neighbor it leads to; nil when the destination is on the link.
    package let gateway: IPAddress?

    /// The way by `link` to `gateway`.
    package init(link: Link.Index, gateway: IPAddress?) {
      self.link = link
      self.gateway = gateway
    }
  }

  /// The part of it that is compared with others.
  package let route: KernelState.LinkRoute
  /// Its ways: several for a multipath route.
  package let nextHops: [NextHop]
  /// The source address of what is sent by it (RTA_PREFSRC); nil leaves the choice to the kernel.
  package let source: IPAddress?
  /// The kernel's message without its first header: `struct rtmsg` and the attributes.
  package let octets: [UInt8]

  /// A route with this message.
  package init(
    route: KernelState.LinkRoute,
    nextHops: [NextHop],
    source: IPAddress? = nil,
    octets: [UInt8] = []
  ) {
    self.route = route
    self.nextHops = nextHops
    self.source = source
    self.octets = octets
  }
}

extension SavedRoute {
  /// The routes that it consists of.
  ///
  /// Of IPv6 each way is a route by itself, which comes and goes alone: the kernel shows two routes that
  /// differ in their links alone as one, such as those of router advertisements by two ENIs.
  package var parts: [KernelState.LinkRoute] {
    guard route.link == nil, nextHops.count > 1, route.route.destination.family == .ipv6 else {
      return [route]
    }
    return nextHops.map { hop in
      KernelState.LinkRoute(
        link: hop.link,
        route: Route(
          destination: route.route.destination,
          gateway: hop.gateway,
          table: route.route.table,
          metric: route.route.metric,
          protocol: route.route.protocol
        )
      )
    }
  }
}

extension SavedRoute: CustomStringConvertible {
  /// The route in iproute2's words, without the verb; links have their numbers.
  package var description: String {
    let route = route.route
    let target =
      route.destination.isDefault
      ? (route.destination.family == .ipv6 ? "::/0" : "default") : "\(route.destination)"
    let properties =
      " table \(route.table)" + (route.metric == 0 ? "" : " metric \(route.metric)")
      + " proto \(route.protocol)" + (source.map { " src \($0)" } ?? "")
    guard nextHops.count > 1 else { return target + (nextHops.first?.words ?? "") + properties }
    return target + properties + nextHops.map { " nexthop\($0.words)" }.joined()
  }
}

extension SavedRoute.NextHop {
  fileprivate var words: String { (gateway.map { " via \($0)" } ?? "") + " dev if\(link)" }
}
