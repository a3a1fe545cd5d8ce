// SPDX-License-Identifier: Apache-2.0

import Glibc
package import NetworkModel
package import Rtnetlink

/// The kernel's network configuration in memory: what `RouteSocket` does in an empty network
/// namespace, held to it by the contract in KernelTests.
///
/// It fails closed: what the kernel refuses, it refuses with the same code, and it never makes up
/// a link. It keeps to what ENIs need: no IPv6 link-local addresses, no neighbours, no IPv4
/// secondary flag (an address that goes takes no other with it, as with `promote_secondaries=1`,
/// which systemd sets).
package final class FakeKernel: KernelConfiguration {
  /// The changes that were made, in order; those that found nothing to do are not among them.
  package private(set) var applied: [Change] = []
  /// The changes that found what they add in place, or what they remove gone: a planner that
  /// compares with the kernel's state first asks for none.
  package private(set) var redundant: [Change] = []
  /// What to fail with when this change comes, for one that the kernel would take.
  package var failures: [Change: RtnetlinkError] = [:]
  /// What to fail with when the state is read.
  package var readFailure: RtnetlinkError?
  /// Whether a link that is up keeps its name (EBUSY), as before Linux 6.2.
  package var refusesToRenameUpLinks = false

  var devices: [FakeLink] = []
  var routes: [KernelState.LinkRoute] = []
  /// The whole default routes of main, with what the fake kernel does not look at.
  private var savedRoutes: [SavedRoute] = []
  private var rules: [RoutingPolicyRule] = AddressFamily.allCases.flatMap(kernelRules)
  private var lastIndex: UInt32 = 0

  /// A kernel with `lo` alone.
  package init() {
    if let name = InterfaceName("lo") { addLink(name, mtu: 65_536) }
  }

  /// Plugs a device in, as a driver does: down, with no addresses.
  ///
  /// A taken name is the test's mistake, and traps.
  ///
  /// Equivalent to: ip link add NAME address MAC mtu MTU type veth
  @discardableResult
  package func addLink(
    _ name: InterfaceName,
    mac: MACAddress? = nil,
    permanentMAC: MACAddress? = nil,
    kind: String? = nil,
    mtu: UInt32 = 1500
  ) -> Link {
    precondition(!isTaken(name.text), "the fake kernel has a link \(name) already")
    lastIndex += 1
    guard let index = Link.Index(lastIndex) else { preconditionFailure("no index is left") }
    let device = FakeLink(
      index: index,
      name: name,
      mac: mac,
      permanentMAC: permanentMAC,
      kind: kind,
      mtu: mtu
    )
    devices.append(device)
    return device.link
  }

  /// Gives a link an address for a time, as a DHCP client does.
  ///
  /// Equivalent to: ip address add PREFIX dev LINK noprefixroute valid_lft 900 preferred_lft 900
  package func lease(_ prefix: IPPrefix, to index: Link.Index) throws {
    try devices[position(of: index)].lease(prefix)
  }

  /// Disables IPv6 on a link, which takes its IPv6 addresses and routes away, or enables it again.
  ///
  /// Equivalent to: sysctl net.ipv6.conf.LINK.disable_ipv6=1
  package func setIPv6(disabled: Bool, on index: Link.Index) throws {
    let position = try position(of: index)
    devices[position].isIPv6Disabled = disabled
    guard disabled else { return }
    devices[position].dropIPv6()
    routes.removeAll { $0.link == index && $0.route.destination.family == .ipv6 }
  }

  /// Makes a link a port of another one.
  ///
  /// Equivalent to: ip link set dev LINK master MASTER
  package func enslave(_ index: Link.Index, to master: Link.Index) throws {
    devices[try position(of: index)].master = master
  }

  /// Adds a default route to main that has more than a ``Route`` says.
  ///
  /// Equivalent to: ip route add
  package func add(_ saved: SavedRoute) throws {
    try restore(saved)
  }

  /// Takes a default route of main away.
  ///
  /// Equivalent to: ip route del
  package func remove(_ saved: SavedRoute) {
    routes.removeAll { $0 == saved.route }
  }

  private func restore(_ saved: SavedRoute) throws(FakeRefusal) {
    for hop in saved.nextHops {
      guard devices[try position(of: hop.link)].isUp else {
        throw FakeRefusal(ENETDOWN, "Nexthop device is not up")
      }
    }
    guard !routes.contains(where: { $0.route.hasPlace(of: saved.route.route) }) else {
      throw FakeRefusal(EEXIST)
    }
    routes.append(saved.route)
    savedRoutes.removeAll { $0.route == saved.route }
    savedRoutes.append(saved)
  }

  /// Pulls a device out; its addresses and the routes by it go with it, rules stay.
  ///
  /// Equivalent to: ip link del LINK
  package func removeLink(_ index: Link.Index) {
    devices.removeAll { $0.index == index }
    routes.removeAll { $0.link == index }
  }

  /// All links.
  ///
  /// Equivalent to: ip link show
  package func links() throws(RtnetlinkError) -> [Link] {
    if let readFailure { throw readFailure }
    return devices.map(\.link)
  }

  /// Links, addresses, routes and rules.
  ///
  /// Equivalent to: ip link show; ip address show; ip route show table all; ip rule show
  package func snapshot(_ scope: RouteScope) throws(RtnetlinkError) -> KernelState {
    if let readFailure { throw readFailure }
    guard case .enis(let tables, _) = scope else { return state }
    var state = state
    let known = tables.union(state.tablesOfENIs)
    state.routes.removeAll { $0.route.table != .main && !known.contains($0.route.table) }
    return state
  }

  /// Makes one change; see `KernelConfiguration`.
  ///
  /// Equivalent to: the command that the change's description is
  package func apply(_ change: Change) throws(RtnetlinkError) {
    if let failure = failures[change] { throw failure }
    do {
      try make(change)
      applied.append(change)
    } catch {
      let isDone =
        change.isAbsent(whenRefusedWith: error.code)
        || error.code == EEXIST && change.isInPlace(in: state)
      guard isDone else {
        throw .refused(.change(change), code: error.code, kernelText: error.text)
      }
      redundant.append(change)
    }
  }

  private var state: KernelState {
    let addresses = AddressFamily.allCases.flatMap { family in
      devices.flatMap { device in
        device.addresses.filter { $0.family == family }
          .map { KernelState.LinkAddress(link: device.index, prefix: $0) }
      }
    }
    return KernelState(
      links: devices.map(\.link),
      addresses: addresses,
      leases: Set(
        devices.flatMap { device in device.leases.map { .init(link: device.index, prefix: $0) } }
      ),
      deprecated: Set(
        devices.flatMap { device in
          device.deprecated.map { .init(link: device.index, prefix: $0) }
        }
      ),
      routes: routes,
      savedRoutes: routes.compactMap(whole),
      rules: rules
    )
  }

  /// A default route of main, whole; nil for any other route.
  private func whole(_ route: KernelState.LinkRoute) -> SavedRoute? {
    guard route.route.table == .main, route.route.destination.isDefault else { return nil }
    return savedRoutes.first { $0.route == route }
      ?? route.link.map {
        SavedRoute(route: route, nextHops: [.init(link: $0, gateway: route.route.gateway)])
      }
  }

  private func make(_ change: Change) throws(FakeRefusal) {
    switch change {
    case .rename(let index, _, let name): try rename(index, to: name)
    case .addAlternativeName(let name, let index, _): try add(alternativeName: name, to: index)
    case .removeAlternativeName(let name, let index, _):
      try remove(alternativeName: name, from: index)
    case .setGroup(let group, let index, _):
      devices[try position(of: index)].group = group
    case .setMTU(let mtu, let index, _): try set(mtu: mtu, of: index)
    case .setUp(let index, _): try set(up: true, index)
    case .setDown(let index, _): try set(up: false, index)
    case .addAddress(let prefix, let index, _): try devices[position(of: index)].add(prefix)
    case .addDeprecatedAddress(let prefix, let index, _):
      try devices[position(of: index)].add(prefix)
      try devices[position(of: index)].deprecate(prefix)
    case .deprecateAddress(let prefix, let index, _):
      try devices[position(of: index)].deprecate(prefix)
    case .removeAddress(let prefix, let index, _):
      try devices[position(of: index)].remove(prefix)
    case .keepAddress(let prefix, let index, _): try devices[position(of: index)].keep(prefix)
    case .addRoute(let route, let index, _): try add(route, by: index)
    case .removeRoute(let route, let index, _): try remove(route, by: index)
    case .restoreRoute(let saved): try restore(saved)
    case .addRule(let rule): try add(rule)
    case .removeRule(let rule): try remove(rule)
    }
  }

  private func add(_ rule: RoutingPolicyRule) throws(FakeRefusal) {
    guard !rules.contains(rule) else { throw FakeRefusal(EEXIST) }
    let place = rules.firstIndex {
      ($0.family, $0.priority) > (rule.family, rule.priority)
    }
    rules.insert(rule, at: place ?? rules.endIndex)
  }

  private func remove(_ rule: RoutingPolicyRule) throws(FakeRefusal) {
    guard let place = rules.firstIndex(of: rule) else { throw FakeRefusal(ENOENT) }
    rules.remove(at: place)
  }

  /// What the kernel starts with: `local`, `main` and, for IPv4, `default`.
  private static func kernelRules(_ family: AddressFamily) -> [RoutingPolicyRule] {
    let tables: [(UInt32, RouteTable)] = [
      (0, RouteTable(rawValue: 255)), (32_766, .main), (32_767, RouteTable(rawValue: 253)),
    ]
    return tables.prefix(family == .ipv4 ? 3 : 2).map { priority, table in
      RoutingPolicyRule(family: family, priority: RulePriority(rawValue: priority), table: table)
    }
  }
}
