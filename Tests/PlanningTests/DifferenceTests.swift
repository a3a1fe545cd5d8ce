// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import Rtnetlink
import TestSupport
import Testing

@Suite("Plan minus kernel")
struct DifferenceTests {
  private let born = Fixture.link(1)
  private let plan: InterfacePlan

  init() throws {
    let interface = Fixture.interface(
      1,
      device: 1,
      ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], [])
    )
    let network = InstanceNetwork(
      primaryMAC: Fixture.primaryMAC,
      interfaces: [interface],
      primarySubnets: [.ipv4: [try #require(IPPrefix("10.0.0.0/24"))], .ipv6: []]
    )
    plan = try #require(
      try Planner().plan(for: network, links: [Fixture.link(0, mtu: 9001), born]).interfaces.first
    )
  }

  private func words(_ state: KernelState, isNew: Bool = true) throws -> [String] {
    let difference = try #require(Difference(plan, state: state, isNew: isNew))
    return difference.changes.map(\.description)
  }

  /// The kernel as it is when the plan is in force.
  private func planned(up: Bool = true) throws -> KernelState {
    let link = Link(
      index: born.index,
      name: plan.name,
      alternativeNames: plan.alternativeNames,
      address: born.address,
      permanentAddress: born.permanentAddress,
      mtu: 9001,
      group: .eni,
      isUp: up
    )
    return KernelState(
      links: [link],
      addresses: plan.addresses.map { .init(link: link.index, prefix: $0) },
      routes: plan.routes.map { .init(link: link.index, route: $0) },
      rules: plan.rules
    )
  }

  @Test("a link as born lacks everything, in the order the kernel accepts")
  func everything() throws {
    #expect(
      try words(KernelState(links: [born])) == [
        "ip link set dev ens6 group 10000",
        "ip link set dev ens6 name nic1",
        "ip link property add dev nic1 altname eni-10000001",
        "ip link property add dev nic1 altname device-number-1.0",
        "ip link set dev nic1 mtu 9001",
        "ip link set dev nic1 up",
        "ip address add 10.0.1.10/24 dev nic1 noprefixroute",
        "ip address add 10.0.1.11/32 dev nic1 noprefixroute",
        "ip route add 10.0.1.0/24 dev nic1 table 10001 proto 169",
        "ip route add default via 10.0.1.1 dev nic1 table 10001 proto 169",
        "ip rule add priority 10000 from all lookup main suppress_prefixlength 0 suppress_ifgroup 10000",
        "ip rule add priority 10001 from 10.0.1.10/32 lookup 10001",
        "ip rule add priority 10001 from 10.0.1.11/32 lookup 10001",
        "ip rule add priority 13200 from 10.0.0.0/24 to 10.0.1.0/24 iif lo lookup main",
        "ip rule add priority 13201 from all to 10.0.1.0/24 iif lo lookup 10001",
      ]
    )
  }

  @Test("an ENI is complete without the MTU that the kernel refuses, and each run tries again")
  func refusedMTU() throws {
    let kernel = FakeKernel()
    let link = kernel.addLink(born.name, mac: born.address, permanentMAC: born.permanentAddress)
    let mtu = Change.setMTU(9001, link.index, plan.name)
    kernel.failures[mtu] = .refused(.change(mtu), code: 22, kernelText: nil)
    let difference = try #require(Difference(plan, state: try kernel.snapshot(), isNew: true))
    #expect(Set(try kernel.attempt(difference.changes).keys) == [mtu])
    let state = try kernel.snapshot()
    let rest = try #require(Difference(plan, state: state, isNew: false))
    #expect(rest.isComplete && !rest.isEmpty && rest.changes == [mtu])
    let now = try #require(state.link(mac: plan.mac))
    #expect(plan.shortfalls(on: now) == [.mtu(1500, planned: 9001)])
    kernel.failures = [:]
    try kernel.apply(rest.changes)
    #expect(try #require(Difference(plan, state: try kernel.snapshot(), isNew: false)).isEmpty)
  }

  @Test("a link on which IPv6 is disabled lacks nothing of IPv6 until it is enabled")
  func disabledIPv6() throws {
    let interface = Fixture.interface(
      1,
      device: 1,
      ipv4: ("10.0.1.0/24", ["10.0.1.10"], []),
      ipv6: ("2600:1f14::/64", ["2600:1f14::a"], [])
    )
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [interface])
    let kernel = FakeKernel()
    let link = kernel.addLink(born.name, mac: born.address, permanentMAC: born.permanentAddress)
    let dual = try #require(
      try Planner().plan(for: network, links: try kernel.links()).interfaces.first
    )
    try kernel.setIPv6(disabled: true, on: link.index)
    try kernel.apply(
      try #require(Difference(dual, state: try kernel.snapshot(), isNew: true)).changes
    )
    let disabled = try kernel.snapshot()
    #expect(try #require(Difference(dual, state: disabled, isNew: false)).isEmpty)
    #expect(disabled.addresses.map(\.prefix.family) == [.ipv4])
    let now = try #require(disabled.link(mac: dual.mac))
    #expect(dual.shortfalls(on: now) == [.disabledIPv6(dual.name)])
    try kernel.setIPv6(disabled: false, on: link.index)
    let enabled = try #require(Difference(dual, state: try kernel.snapshot(), isNew: false))
    #expect(!enabled.isComplete)
    try kernel.apply(enabled.changes)
    let whole = try kernel.snapshot()
    #expect(try #require(Difference(dual, state: whole, isNew: false)).isEmpty)
    #expect(Set(whole.addresses.map(\.prefix.family)) == [.ipv4, .ipv6])
    #expect(try #require(whole.link(mac: dual.mac)).master == nil)
  }

  @Test("a host without IPv6 is distinguished from an MTU too small for it")
  func otherReasons() throws {
    let interface = Fixture.interface(
      1,
      device: 1,
      ipv4: ("10.0.1.0/24", ["10.0.1.10"], []),
      ipv6: ("2600:1f14::/64", ["2600:1f14::a"], [])
    )
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [interface])
    let alone = try #require(
      try Planner(families: [.ipv4]).plan(for: network, links: [born]).interfaces.first
    )
    #expect(alone.shortfalls(on: born) == [.hostWithoutIPv6])
    let only = Fixture.interface(1, device: 1, ipv6: ("2600:1f14::/64", ["2600:1f14::a"], []))
    let held = try #require(
      try Planner(families: [.ipv4]).plan(
        for: InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [only]),
        links: [Fixture.link(0, mtu: 9001), born]
      ).interfaces.first
    )
    #expect(held.isHeld && held.shortfalls(on: born) == [.hostWithoutIPv6])
    let small = Fixture.link(1, mtu: 1000)
    let dual = try #require(
      try Planner(mtu: 1000).plan(for: network, links: [small]).interfaces.first
    )
    #expect(dual.shortfalls(on: small) == [.smallMTU(1000, small.name)])
    let difference = try #require(Difference(dual, state: KernelState(links: [small]), isNew: true))
    #expect(!difference.routing.contains { $0.description.contains("2600:1f14::a/64 dev") })
  }

  @Test("a link whose alternative name is the new name gives it up before the rename")
  func ownAlternativeName() throws {
    let kernel = FakeKernel()
    let link = kernel.addLink(born.name, mac: born.address, permanentMAC: born.permanentAddress)
    try kernel.apply(.addAlternativeName("nic1", link.index, link.name))
    let difference = try #require(Difference(plan, state: try kernel.snapshot(), isNew: true))
    for change in difference.changes { try kernel.apply(change) }
    #expect(try kernel.links().contains { $0.index == link.index && $0.name == plan.name })
    #expect(try #require(Difference(plan, state: try kernel.snapshot(), isNew: false)).isEmpty)
  }

  @Test("the first IPv6 address is the source of new connections, and one change each makes it so")
  func preferences() throws {
    let interface = Fixture.interface(
      1,
      device: 1,
      ipv6: ("2600:1f14::/64", ["2600:1f14::b", "2600:1f14::a"], [])
    )
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [interface])
    let plan = try #require(
      try Planner().plan(for: network, links: [born]).interfaces.first
    )
    let kernel = FakeKernel()
    let link = kernel.addLink(born.name, mac: born.address, permanentMAC: born.permanentAddress)
    let first = try #require(Difference(plan, state: try kernel.snapshot(), isNew: true))
    for change in first.changes { try kernel.apply(change) }
    let marks = try kernel.snapshot().deprecated.map(\.prefix.description)
    #expect(marks == ["2600:1f14::a/64"])
    #expect(try #require(Difference(plan, state: try kernel.snapshot(), isNew: false)).isEmpty)
    // As an earlier version left them: none is deprecated.
    for address in plan.addresses {
      try kernel.apply(.keepAddress(address, link.index, plan.name))
    }
    let upgrade = try #require(Difference(plan, state: try kernel.snapshot(), isNew: false))
    #expect(upgrade.isComplete)
    #expect(
      upgrade.changes.map(\.description) == [
        "ip address replace 2600:1f14::a/64 dev nic1 noprefixroute preferred_lft 0"
      ]
    )
    for change in upgrade.changes { try kernel.apply(change) }
    #expect(try #require(Difference(plan, state: try kernel.snapshot(), isNew: false)).isEmpty)
  }

  @Test(
    "the primary joins the group that the host-wide rule looks at, and nothing else of it changes"
  )
  func primary() throws {
    var state = try planned()
    state.links.append(Fixture.link(0))
    #expect(try words(state, isNew: false) == ["ip link set dev ens5 group 10000"])
  }

  @Test("a kernel that has it all lacks nothing")
  func nothing() throws {
    #expect(try words(try planned(), isNew: false).isEmpty)
  }

  @Test("foreign addresses, routes and rules are nobody's business")
  func foreign() throws {
    var state = try planned()
    state.addresses.append(
      .init(link: born.index, prefix: try #require(IPPrefix("192.168.7.1/24")))
    )
    state.rules.append(
      .from(
        try #require(IPPrefix("10.9.9.9/32")),
        table: RouteTable(rawValue: 77),
        priority: RulePriority(rawValue: 900)
      )
    )
    #expect(try words(state, isNew: false).isEmpty)
  }

  @Test("what another configuration gave a new link goes, so that a stack starts from nothing")
  func former() throws {
    var state = KernelState(links: [born])
    let lease = try #require(IPPrefix("10.0.1.10/24"))
    let linkLocal = try #require(IPPrefix("fe80::1/64"))
    state.addresses = [lease, linkLocal].map { .init(link: born.index, prefix: $0) }
    #expect(try words(state).contains("ip address del 10.0.1.10/24 dev nic1"))
    #expect(try !words(state).contains { $0.contains("fe80") })
  }

  @Test("of what a DHCP client has left on a live link, addresses stay and main's routes go")
  func leases() throws {
    var state = try planned()
    state.leases = Set(state.addresses.prefix(1))
    for (protocols, destination) in [
      (RouteProtocol.dhcp, "0.0.0.0/0"), (.dhcp, "10.0.1.0/24"), (.routerAdvertisement, "::/0"),
      (.static, "192.0.2.0/24"),
    ] {
      let route = Route(
        destination: try #require(IPPrefix(destination)),
        table: .main,
        metric: 1003,
        protocol: protocols
      )
      state.routes.append(.init(link: born.index, route: route))
    }
    #expect(
      try words(state, isNew: false) == [
        "ip address replace 10.0.1.10/24 dev nic1 noprefixroute",
        "ip route del default dev nic1 table main metric 1003 proto dhcp",
        "ip route del 10.0.1.0/24 dev nic1 table main metric 1003 proto dhcp",
        "ip route del ::/0 dev nic1 table main metric 1003 proto ra",
      ]
    )
  }

  @Test(
    "a lease that has brought the kernel's own route loses it, and one beside our address goes",
    arguments: [
      (
        "10.0.1.10/24", [],
        ["ip address replace 10.0.1.10/24 dev nic1 noprefixroute"]
      ), ("10.0.1.10/24", ["10.0.1.10/32"], ["ip address del 10.0.1.10/24 dev nic1"]),
      (
        "10.0.1.10/20", [],
        [
          "ip address del 10.0.1.10/20 dev nic1",
          "ip address add 10.0.1.10/24 dev nic1 noprefixroute",
        ]
      ),
    ] as [(String, [String], [String])]
  )
  func leaseWithRoute(lease: String, beside: [String], changes: [String]) throws {
    var state = try planned()
    let lease = try #require(IPPrefix(lease))
    state.addresses.removeFirst()
    state.addresses += ([lease] + beside.compactMap { IPPrefix($0) })
      .map { .init(link: born.index, prefix: $0) }
    state.leases = [.init(link: born.index, prefix: lease)]
    let route = Route(destination: lease.network, table: .main, protocol: .kernel)
    state.routes.append(.init(link: born.index, route: route))
    let removal = "ip route del \(lease.network) dev nic1 table main proto kernel"
    #expect(try words(state, isNew: false) == [changes[0], removal] + changes.dropFirst())
  }

  @Test("an up link is bounced for its name only when it may be")
  func bounce() throws {
    let up = Link(
      index: born.index,
      name: born.name,
      address: born.address,
      permanentAddress: born.permanentAddress,
      group: .eni,
      isUp: true
    )
    let state = KernelState(links: [up])
    #expect(
      try words(state).prefix(2) == ["ip link set dev ens6 down", "ip link set dev ens6 name nic1"]
    )
    #expect(try !words(state, isNew: false).contains { $0.contains(" name nic1") })
  }

  @Test(
    "a name that another link has, as name or alternative, is not taken from it",
    arguments: [true, false]
  )
  func taken(asAlternative: Bool) throws {
    let other = Link(
      index: try #require(Link.Index(99)),
      name: try #require(InterfaceName(asAlternative ? "dock0" : "nic1")),
      alternativeNames: asAlternative ? ["nic1"] : [],
      address: nil
    )
    let words = try words(KernelState(links: [born, other]))
    #expect(!words.contains { $0.contains(" name nic1") })
    #expect(words.contains("ip link property add dev ens6 altname device-number-1.0"))
  }

  @Test("the host-wide rule counts without its group, as networkd before 250 writes it")
  func withoutGroup() throws {
    var state = try planned()
    state.rules[0] = RoutingPolicyRule(
      family: .ipv4,
      priority: .hostWide,
      table: .main,
      suppressPrefixLength: 0
    )
    #expect(try words(state, isNew: false).isEmpty)
  }

  @Test("without the link there is no difference to speak of")
  func gone() {
    #expect(Difference(plan, state: KernelState(), isNew: true) == nil)
  }
}
