// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel
import Rtnetlink

extension FakeKernel {
  /// Adds a route, with the metric that the kernel stores.
  func add(_ route: Route, by index: Link.Index) throws(FakeRefusal) {
    guard devices[try position(of: index)].isUp else {
      throw FakeRefusal(ENETDOWN, "Nexthop device is not up")
    }
    let isIPv4 = route.destination.family == .ipv4
    if !isIPv4, devices[try position(of: index)].isIPv6Disabled {
      throw FakeRefusal(EACCES, "IPv6 is disabled on nexthop device")
    }
    guard !isIPv4 || route.destination == route.destination.network else {
      throw FakeRefusal(EINVAL, "Invalid prefix for given prefix length")
    }
    if let gateway = route.gateway, !isReachable(gateway, by: index) {
      throw isIPv4
        ? FakeRefusal(ENETUNREACH, "Nexthop has invalid gateway") : FakeRefusal(EHOSTUNREACH)
    }
    let stored = Route(
      destination: route.destination.network,
      gateway: route.gateway,
      table: route.table,
      metric: route.storedMetric,
      protocol: route.protocol
    )
    guard !routes.contains(where: { $0.route.hasPlace(of: stored) }) else {
      throw FakeRefusal(EEXIST)
    }
    routes.append(KernelState.LinkRoute(link: index, route: stored))
  }

  /// Removes a route.
  func remove(_ route: Route, by index: Link.Index) throws(FakeRefusal) {
    let place = routes.firstIndex {
      $0.link == index && $0.route.hasPlace(of: route) && $0.route.gateway == route.gateway
        && $0.route.protocol == route.protocol
    }
    guard let place else { throw FakeRefusal(ESRCH) }
    routes.remove(at: place)
  }

  /// Whether the gateway is a neighbour: link-local, or in a subnet that is on the link.
  private func isReachable(_ gateway: IPAddress, by index: Link.Index) -> Bool {
    if case .v6(let address) = gateway, address.isLinkLocal { return true }
    return routes.contains {
      $0.link == index && $0.route.gateway == nil && $0.route.destination.contains(gateway)
    }
  }
}

extension Route {
  /// Whether the kernel has room for one of the two only.
  func hasPlace(of other: Route) -> Bool {
    table == other.table && destination == other.destination
      && storedMetric == other.storedMetric
  }
}
