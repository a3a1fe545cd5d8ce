// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import TestSupport
import Testing

@Suite("Planning")
struct PlannerTests {
  private let plain = Fixture.interface(
    1,
    device: 1,
    ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.5"], ["10.0.1.16/28"])
  )

  private func plan(
    _ interfaces: [NetworkInterface],
    links: [Link] = (0...8).map { Fixture.link($0) },
    planner: Planner = Planner()
  ) throws -> [InterfacePlan] {
    let instance = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: interfaces)
    return try planner.plan(for: instance, links: links).interfaces
  }

  @Test("the primary gets no name, table or rule, whatever IMDS says of it")
  func primary() throws {
    let primary = Fixture.interface(0, device: 0, ipv4: ("10.0.0.0/24", ["10.0.0.10"], []))
    #expect(try plan([primary]).isEmpty)
  }

  @Test("of the primary all addresses are planned, each alone")
  func primaryAddresses() throws {
    let primary = Fixture.interface(
      0,
      device: 0,
      ipv4: ("10.0.0.0/24", ["10.0.0.10", "10.0.0.21", "10.0.0.20"], ["10.0.0.32/28"]),
      ipv6: ("2600:1f14::/64", ["2600:1f14::a", "2600:1f14::b"], [])
    )
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [plain, primary])
    let both = try #require(try Planner().plan(for: network, links: []).primary)
    #expect(both.mac == Fixture.primaryMAC)
    #expect(
      both.addresses.map(\.description) == [
        "10.0.0.10/32", "10.0.0.21/32", "10.0.0.20/32", "2600:1f14::a/128", "2600:1f14::b/128",
      ]
    )
    let alone = try Planner(families: [.ipv4]).plan(for: network, links: []).primary
    #expect(alone?.addresses.allSatisfy { $0.family == .ipv4 } ?? false)
  }

  @Test("without its facts nothing is planned for the primary")
  func unknownPrimary() throws {
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [plain])
    #expect(try Planner().plan(for: network, links: []).primary == nil)
  }

  @Test("the primary address comes first with the subnet, the others alone, in IMDS's order")
  func addresses() throws {
    let addresses = try #require(try plan([plain]).first).addresses
    #expect(addresses.map(\.description) == ["10.0.1.10/24", "10.0.1.5/32"])
  }

  @Test("every IPv6 address comes with the subnet, so that any of them may go or come first")
  func addressesIPv6() throws {
    let interface = Fixture.interface(
      1,
      device: 1,
      ipv6: ("2600:1f14::/64", ["2600:1f14::a", "2600:1f14::b"], [])
    )
    let addresses = try #require(try plan([interface]).first).addresses
    #expect(addresses.map(\.description) == ["2600:1f14::a/64", "2600:1f14::b/64"])
  }

  @Test("the ENI's table has the subnet and a default by the VPC router, marked as ours")
  func routes() throws {
    let routes = try #require(try plan([plain]).first).routes
    #expect(routes.map(\.destination.description) == ["10.0.1.0/24", "0.0.0.0/0"])
    #expect(routes.map { $0.gateway?.description } == [nil, "10.0.1.1"])
    #expect(routes.allSatisfy { $0.table.rawValue == 10_001 && $0.protocol == .eniInit })
  }

  @Test("every address and delegated prefix has its rule, after the host-wide one")
  func rules() throws {
    let rules = try #require(try plan([plain]).first).rules
    #expect(
      rules.map(\.description) == [
        "priority 10000 from all lookup main suppress_prefixlength 0 suppress_ifgroup 10000",
        "priority 10001 from 10.0.1.10/32 lookup 10001",
        "priority 10001 from 10.0.1.5/32 lookup 10001",
        "priority 10001 from 10.0.1.16/28 lookup 10001",
      ]
    )
  }

  struct Neighbourhood: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let primarySubnets: [String]?
    let rules: [String]
  }

  static let neighbourhoods = [
    Neighbourhood(
      testDescription: "in another one than the primary's",
      primarySubnets: ["10.0.0.0/24", "2600:1f14::/64"],
      rules: [
        "priority 13200 from 10.0.0.0/24 to 10.0.1.0/24 iif lo lookup main",
        "priority 13201 from all to 10.0.1.0/24 iif lo lookup 10001",
      ]
    ),
    Neighbourhood(
      testDescription: "beside a primary without that family",
      primarySubnets: ["2600:1f14::/64"],
      rules: ["priority 13201 from all to 10.0.1.0/24 iif lo lookup 10001"]
    ),
    Neighbourhood(
      testDescription: "in the primary's own, which main leads to",
      primarySubnets: ["10.0.1.0/24"],
      rules: []
    ),
    Neighbourhood(
      testDescription: "inside the primary's, as the subnets of two VPCs may be",
      primarySubnets: ["10.0.0.0/20"],
      rules: []
    ),
    Neighbourhood(
      testDescription: "around the primary's",
      primarySubnets: ["10.0.1.64/26"],
      rules: []
    ),
    Neighbourhood(
      testDescription: "while the primary's is not known",
      primarySubnets: nil,
      rules: []
    ),
  ]

  @Test(
    "its subnet is reached by an ENI, but never by what the primary answers",
    arguments: neighbourhoods
  )
  func subnetRules(_ neighbourhood: Neighbourhood) throws {
    let network = InstanceNetwork(
      primaryMAC: Fixture.primaryMAC,
      interfaces: [plain],
      primarySubnets: Dictionary(
        grouping: neighbourhood.primarySubnets?.compactMap { IPPrefix($0) } ?? [],
        by: \.family
      ).merging(neighbourhood.primarySubnets == nil ? [:] : [.ipv4: []]) { told, _ in told }
    )
    let plan = try Planner().plan(for: network, links: [Fixture.link(1)]).interfaces.first
    let rules = try #require(plan).rules.filter { $0.priority >= .primary }
    #expect(rules.map(\.description) == neighbourhood.rules)
  }

  @Test("a dual-stack ENI has both families, each with its host-wide rule")
  func dualStack() throws {
    let dual = Fixture.interface(
      2,
      device: 2,
      ipv4: ("10.0.1.0/24", ["10.0.1.20"], []),
      ipv6: ("2600:1f14::/64", ["2600:1f14::20"], ["2600:1f14:0:0:5::/80"])
    )
    let plan = try #require(try plan([dual]).first)
    #expect(plan.addresses.map(\.description) == ["10.0.1.20/24", "2600:1f14::20/64"])
    #expect(plan.routes.last?.gateway?.description == "fe80:ec2::1")
    #expect(plan.rules.map(\.family).filter { $0 == .ipv6 }.count == 3)
    #expect(plan.rules.prefix(2).map(\.priority) == [.hostWide, .hostWide])
  }

  @Test("on a host without IPv6 the IPv4 part is planned alone")
  func withoutIPv6() throws {
    let dual = Fixture.interface(
      2,
      device: 2,
      ipv4: ("10.0.1.0/24", ["10.0.1.20"], []),
      ipv6: ("2600:1f14::/64", ["2600:1f14::20"], [])
    )
    let plan = try #require(try plan([dual], planner: Planner(families: [.ipv4])).first)
    #expect(plan.addresses.map(\.family) == [.ipv4])
    #expect(plan.rules.allSatisfy { $0.family == .ipv4 })
  }

  @Test("an ENI takes the primary's MTU")
  func mtu() throws {
    let links = [Fixture.link(0, mtu: 9001), Fixture.link(1)]
    #expect(try plan([plain], links: links).first?.mtu == 9001)
    #expect(try plan([plain], links: [Fixture.link(1)]).first?.mtu == nil)
  }

  @Test("an EFA-only ENI is named and held")
  func efaOnly() throws {
    let plan = try #require(try plan([Fixture.interface(3, card: 1, device: 0)]).first)
    #expect(plan.name.text == "nic0c1")
    #expect(plan.isHeld)
    #expect(plan.rules.isEmpty)
  }

  @Test("an ENI that IMDS lists and the kernel lacks is not planned")
  func missingLink() throws {
    #expect(try plan([plain], links: [Fixture.link(0)]).isEmpty)
  }

  /// The largest instance types, as the EC2 API's limits have them.
  private static let largestTypes: [(type: String, cards: Int, devices: Int)] = [
    ("p4d.24xlarge", 4, 15), ("p5.48xlarge", 32, 2), ("p5en.48xlarge", 16, 4),
    ("p6-b300.48xlarge", 17, 4), ("trn1n.32xlarge", 16, 5), ("c8gn.48xlarge", 2, 12),
    ("c8a.48xlarge", 1, 24),
  ]

  @Test(
    "no two slots of the largest types share a name, table or priority",
    arguments: largestTypes
  )
  func largest(_ type: String, _ cards: Int, _ devices: Int) throws {
    let slots = (0..<cards).flatMap { card in (0..<devices).map { (card, $0) } }
    let interfaces = slots.enumerated().map { number, slot in
      Fixture.interface(
        number,
        card: slot.0,
        device: slot.1,
        ipv4: number == 0
          ? ("10.1.0.0/16", ["10.1.0.10"], []) : ("10.0.0.0/16", ["10.0.1.\(number + 10)"], [])
      )
    }
    let plans = try plan(interfaces, links: interfaces.indices.map { Fixture.link($0) })
    #expect(plans.count == slots.count - 1, "all but the primary")
    #expect(Set(plans.map(\.name)).count == plans.count)
    let rules = plans.flatMap(\.rules).filter { $0.table != .main }
    #expect(Set(rules.map(\.table)).count == plans.count)
    #expect(Set(rules.map(\.priority)).count == 2 * plans.count)
    #expect(rules.allSatisfy { RulePriority.reserved.contains($0.priority) })
  }

  @Test("the plan does not depend on the order of discovery")
  func order() throws {
    let several = (1...4).map {
      Fixture.interface(
        $0,
        card: $0 % 2,
        device: $0,
        ipv4: ("10.0.1.0/24", ["10.0.1.\(10 + $0)"], [])
      )
    }
    let plans = try plan(several)
    #expect(
      plans == (try plan(several.reversed(), links: (0...8).reversed().map { Fixture.link($0) }))
    )
    #expect(plans.map(\.name.text) == ["nic2", "nic4", "nic1c1", "nic3c1"])
  }

  @Test("when another ENI leaves, the rest keep name, table and priority")
  func stable() throws {
    let all = [1, 3].map {
      Fixture.interface($0, device: $0, ipv4: ("10.0.1.0/24", ["10.0.1.\(10 + $0)"], []))
    }
    #expect(try plan(all).last == (try plan([all[1]]).last))
  }

  @Test("two present ENIs in one slot are refused, and nothing is planned")
  func collision() throws {
    let twin = Fixture.interface(2, device: 1, ipv4: ("10.0.1.0/24", ["10.0.1.20"], []))
    #expect(throws: PlanningError.slotClaimedTwice(plain.attachment, plain.mac, twin.mac)) {
      try plan([plain, twin])
    }
  }
}
