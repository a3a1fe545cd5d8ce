// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import TestSupport
import Testing

@Suite("Planning while two readings have not agreed")
struct RetainingTests {
  private let whole = Fixture.interface(
    1,
    device: 1,
    ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], ["10.0.1.16/28"]),
    ipv6: ("2600:1f14::/64", ["2600:1f14::a"], [])
  )
  private let partial = Fixture.interface(1, device: 1, ipv4: ("10.0.1.0/24", ["10.0.1.10"], []))

  private func network(_ interface: NetworkInterface) -> InstanceNetwork {
    InstanceNetwork(
      primaryMAC: Fixture.primaryMAC,
      interfaces: [interface],
      primarySubnets: [.ipv4: [IPPrefix("10.0.0.0/24")].compactMap(\.self), .ipv6: []]
    )
  }

  /// The kernel with the plan for all of the ENI in force, on a link of this name.
  private func state(link name: String) throws -> KernelState {
    let link = Fixture.link(1, name: name)
    let plan = try #require(
      try Planner().plan(for: network(whole), links: [link]).interfaces.first
    )
    return KernelState(
      links: [link],
      addresses: plan.addresses.map { .init(link: link.index, prefix: $0) },
      routes: plan.routes.map { .init(link: link.index, route: $0) },
      rules: plan.rules
    )
  }

  @Test("what one reading lacks stays planned as it is")
  func incomplete() throws {
    let state = try state(link: "nic1")
    let planner = Planner()
    let retained = planner.retaining(network(partial), in: KernelIndex(state))
    #expect(retained == network(whole))
    let plan = try #require(
      try planner.plan(for: retained, links: state.links).interfaces.first
    )
    #expect(Withdrawal.changes(plan, state: KernelIndex(state)).isEmpty)
  }

  @Test("the rules of a slot are not those of an ENI that is new in it")
  func newcomer() throws {
    let kernel = KernelIndex(try state(link: "ens6"))
    #expect(Planner().retaining(network(partial), in: kernel) == network(partial))
  }

  @Test("a rule for an address that is not on the link is a former owner's, in the same subnet too")
  func formerOwner() throws {
    var state = try state(link: "nic1")
    let slot = partial.attachment
    let former = try #require(IPPrefix("10.0.1.99/32"))
    state.rules.append(.from(former, table: slot.table, priority: slot.rulePriority))
    let kernel = KernelIndex(state)
    let retained = Planner().retaining(network(partial), in: kernel)
    #expect(retained == network(whole))
    let plan = try #require(
      try Planner().plan(for: retained, links: state.links).interfaces.first
    )
    let rule = RoutingPolicyRule.from(former, table: slot.table, priority: slot.rulePriority)
    #expect(Withdrawal.changes(plan, state: kernel) == [.removeRule(rule)])
  }

  @Test("an ENI without a link is as told")
  func missingLink() throws {
    var state = try state(link: "nic1")
    state.links = []
    #expect(Planner().retaining(network(partial), in: KernelIndex(state)) == network(partial))
  }

  @Test("the primary's subnets that a reading lacks are those that the rules tell")
  func primarySubnets() throws {
    let told = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [whole])
    let retained = Planner().retaining(told, in: KernelIndex(try state(link: "nic1")))
    #expect(retained == network(whole))
  }

  @Test("the names are those of the planner")
  func prefix() throws {
    let kernel = KernelIndex(try state(link: "eth1"))
    let planner = Planner(namePrefix: "eth")
    #expect(planner.retaining(network(partial), in: kernel) == network(whole))
  }
}
