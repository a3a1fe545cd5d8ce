// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import TestSupport
import Testing

@Suite("A kernel state arranged for look-ups")
struct KernelIndexTests {
  private let slot = Fixture.interface(1, device: 1).attachment
  private let link = Fixture.link(1, name: "nic1")
  private let other = Fixture.link(2)

  private func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

  private func route(_ table: UInt32, _ protocol: RouteProtocol = .eniInit) -> Route {
    Route(
      destination: .all(.ipv4),
      table: RouteTable(rawValue: table),
      protocol: `protocol`
    )
  }

  @Test(
    "a name belongs to the link that has it, proper or alternative",
    arguments: [("nic1", 1), ("eni-10000001", 1), ("ens7", 2), ("nic2", nil)] as [(String, Int?)]
  )
  func owner(name: String, number: Int?) throws {
    let named = Link(
      index: link.index,
      name: link.name,
      alternativeNames: ["eni-10000001", "device-number-1.0"],
      address: link.address
    )
    let kernel = KernelIndex(KernelState(links: [named, other]))
    let owner = kernel.owner(of: try #require(InterfaceName(name)))
    #expect(owner == number.map { Fixture.link($0).index })
  }

  @Test("addresses, routes and rules are there only as they are, where they are")
  func has() throws {
    let address = try prefix("10.0.1.10/24")
    let rule = RoutingPolicyRule.from(address, table: slot.table, priority: slot.rulePriority)
    let kernel = KernelIndex(
      KernelState(
        links: [link, other],
        addresses: [.init(link: link.index, prefix: address)],
        routes: [.init(link: link.index, route: route(10_001))],
        rules: [rule]
      )
    )
    #expect(kernel.has(address, on: link.index))
    #expect(!kernel.has(address, on: other.index))
    #expect(!kernel.has(address.address.hostPrefix, on: link.index))
    #expect(kernel.has(route(10_001), on: link.index))
    #expect(!kernel.has(route(10_001), on: other.index))
    #expect(kernel.has(route(10_001, .static), on: link.index), "whoever installed it")
    #expect(!kernel.has(route(10_002), on: link.index))
    #expect(kernel.has(rule))
    let elsewhere = RoutingPolicyRule.from(address, table: .main, priority: slot.rulePriority)
    #expect(!kernel.has(elsewhere))
  }

  @Test("a link's addresses and routes come in the kernel's order, others' not at all")
  func order() throws {
    let addresses = try ["10.0.1.200/24", "10.0.1.5/32", "10.0.1.77/32"].map(prefix)
    let routes = [route(10_001), route(254, .static)]
    let kernel = KernelIndex(
      KernelState(
        links: [link, other],
        addresses: addresses.flatMap { address in
          [other, link].map { .init(link: $0.index, prefix: address) }
        } + [.init(link: other.index, prefix: try prefix("10.0.2.10/24"))],
        // One with several next hops leaves by no link.
        routes: [.init(link: nil, route: route(77))]
          + routes.map { .init(link: link.index, route: $0) }
      )
    )
    #expect(kernel.addresses(on: link.index) == addresses)
    #expect(kernel.routes(by: link.index) == routes)
    #expect(kernel.addresses(on: Fixture.link(3).index).isEmpty)
    #expect(kernel.routes(by: other.index).isEmpty)
  }

  @Test("a slot's sources are what the rules of its table and priority match, and no others'")
  func sources() throws {
    let sources = try ["10.0.1.200/32", "10.0.1.16/28", "2600:1f14::a/128"].map(prefix)
    let foreign = try prefix("10.0.1.99/32")
    let kernel = KernelIndex(
      KernelState(
        rules: [.hostWide(.ipv4), .hostWide(.ipv6)]
          + sources.map { .from($0, table: slot.table, priority: slot.rulePriority) } + [
            .from(foreign, table: slot.table, priority: RulePriority(rawValue: 32_765)),
            .from(foreign, table: RouteTable(rawValue: 77), priority: slot.rulePriority),
            .from(
              foreign,
              table: RouteTable(rawValue: 10_002),
              priority: RulePriority(rawValue: 10_002)
            ),
            RoutingPolicyRule(family: .ipv4, priority: slot.rulePriority, table: slot.table),
          ]
      )
    )
    #expect(kernel.sources(of: slot) == sources)
    let free = try #require(Attachment(networkCard: 1, deviceNumber: 1))
    #expect(kernel.sources(of: free).isEmpty)
  }
}
