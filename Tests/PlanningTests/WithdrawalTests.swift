// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import TestSupport
import Testing

@Suite("Kernel minus plan")
struct WithdrawalTests {
  private static let whole = Fixture.interface(
    1,
    device: 1,
    ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], ["10.0.1.16/28"]),
    ipv6: ("2600:1f14::/64", ["2600:1f14::a"], [])
  )
  private let link = Fixture.link(1, name: "nic1")

  private func plan(_ interface: NetworkInterface) throws -> InterfacePlan {
    let network = InstanceNetwork(
      primaryMAC: Fixture.primaryMAC,
      interfaces: [interface],
      primarySubnets: [.ipv4: [try #require(IPPrefix("10.0.0.0/24"))], .ipv6: []]
    )
    return try #require(try Planner().plan(for: network, links: [link]).interfaces.first)
  }

  /// The kernel as it is when the plan for all of the ENI is in force.
  private func state() throws -> KernelState {
    let plan = try plan(Self.whole)
    return KernelState(
      links: [link],
      addresses: plan.addresses.map { .init(link: link.index, prefix: $0) },
      routes: plan.routes.map { .init(link: link.index, route: $0) },
      rules: plan.rules
    )
  }

  struct Loss: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let left: NetworkInterface
    let words: [String]
  }

  static let losses = [
    Loss(testDescription: "nothing", left: whole, words: []),
    Loss(
      testDescription: "a secondary address, its rule first",
      left: Fixture.interface(
        1,
        device: 1,
        ipv4: ("10.0.1.0/24", ["10.0.1.10"], ["10.0.1.16/28"]),
        ipv6: ("2600:1f14::/64", ["2600:1f14::a"], [])
      ),
      words: [
        "ip rule del priority 10001 from 10.0.1.11/32 lookup 10001",
        "ip address del 10.0.1.11/32 dev nic1",
      ]
    ),
    Loss(
      testDescription: "a delegated prefix, which is a rule alone",
      left: Fixture.interface(
        1,
        device: 1,
        ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], []),
        ipv6: ("2600:1f14::/64", ["2600:1f14::a"], [])
      ),
      words: ["ip rule del priority 10001 from 10.0.1.16/28 lookup 10001"]
    ),
    Loss(
      testDescription: "a family",
      left: Fixture.interface(
        1,
        device: 1,
        ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], ["10.0.1.16/28"])
      ),
      words: [
        "ip -6 rule del priority 10001 from 2600:1f14::a/128 lookup 10001",
        "ip -6 rule del priority 13201 from all to 2600:1f14::/64 iif lo lookup 10001",
        "ip address del 2600:1f14::a/64 dev nic1",
        "ip route del 2600:1f14::/64 dev nic1 table 10001 metric 1024 proto 169",
        "ip route del ::/0 via fe80:ec2::1 dev nic1 table 10001 metric 1024 proto 169",
      ]
    ),
  ]

  @Test("what the plan has no more is taken back, and nothing else", arguments: losses)
  func withdrawal(_ loss: Loss) throws {
    let changes = Withdrawal.changes(
      try plan(loss.left),
      state: KernelIndex(try state())
    )
    #expect(changes.map(\.description) == loss.words)
  }

  @Test("an ENI that has nothing any more keeps nothing of ours")
  func held() throws {
    let held = try plan(Fixture.interface(1, device: 1))
    let state = try state()
    let changes = Withdrawal.changes(held, state: KernelIndex(state))
    let ours = state.rules.filter { $0.table != .main }.count + state.addresses.count
    #expect(changes.count == ours + state.routes.count)
  }

  @Test("addresses, routes and rules that somebody else has put there stay")
  func foreign() throws {
    let plan = try plan(Self.whole)
    let slot = plan.interface.attachment
    let address = try #require(IPPrefix("10.0.1.99/32"))
    var state = try state()
    state.addresses += [
      .init(link: link.index, prefix: address),
      .init(link: link.index, prefix: try #require(IPPrefix("fe80::1/64"))),
    ]
    let destination = try #require(IPPrefix("192.168.0.0/16"))
    state.routes += [
      Route(destination: destination, table: slot.table, protocol: .static),
      Route(destination: destination, table: .main, protocol: .eniInit),
    ].map { .init(link: link.index, route: $0) }
    state.rules += [
      .from(address, table: slot.table, priority: RulePriority(rawValue: 32_765)),
      .from(address, table: RouteTable(rawValue: 77), priority: slot.rulePriority),
      .from(
        try #require(IPPrefix("10.0.2.10/32")),
        table: RouteTable(rawValue: 10_002),
        priority: RulePriority(rawValue: 10_002)
      ),
    ]
    #expect(Withdrawal.changes(plan, state: KernelIndex(state)).isEmpty)
  }

  @Test("of an ENI without a link there is nothing to take back")
  func gone() throws {
    let held = try plan(Fixture.interface(1, device: 1))
    var state = try state()
    state.links = []
    #expect(Withdrawal.changes(held, state: KernelIndex(state)).isEmpty)
  }
}
