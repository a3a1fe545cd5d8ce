// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import TestSupport
import Testing

@Suite("Which ENI an address belongs to")
struct OwnershipTests {
  private static let primary = Fixture.interface(
    0,
    device: 0,
    ipv4: ("10.0.0.0/24", ["10.0.0.10"], ["10.0.0.32/28"])
  )

  private func second(_ addresses: [String], _ prefixes: [String] = []) -> NetworkInterface {
    Fixture.interface(1, device: 1, ipv4: ("10.0.0.0/20", addresses, prefixes))
  }

  private func third(_ addresses: [String]) -> NetworkInterface {
    Fixture.interface(2, device: 2, ipv4: ("10.0.0.0/20", addresses, []))
  }

  /// The kernel with the primary's address, and with these ENIs configured.
  private func kernel(_ configured: [NetworkInterface] = []) throws -> KernelIndex {
    let links = [0, 1, 2].map { number in
      Link(
        index: Fixture.link(number).index,
        name: configured.contains { $0.mac == Fixture.mac(number) }
          ? InterfaceName("nic\(number)") ?? Fixture.link(number).name : Fixture.link(number).name,
        address: Fixture.mac(number),
        isUp: true
      )
    }
    var state = KernelState(links: links)
    state.addresses = [
      .init(link: links[0].index, prefix: try #require(IPPrefix("10.0.0.10/24")))
    ]
    for eni in configured {
      let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [eni])
      let plan = try #require(try Planner().plan(for: network, links: links).interfaces.first)
      let index = try #require(state.link(mac: eni.mac)).index
      state.addresses += plan.addresses.map { .init(link: index, prefix: $0) }
      state.rules += plan.rules
    }
    return KernelIndex(state)
  }

  private func ownership(
    _ enis: [NetworkInterface],
    configured: [NetworkInterface] = []
  ) throws -> Ownership {
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: enis)
    return Ownership(network, in: try kernel(configured), by: Planner())
  }

  @Test("an ENI whose rules have a prefix with an address of another one is its rival")
  func rivalByPrefix() throws {
    let holder = second(["10.0.4.10"], ["10.0.5.0/28"])
    let kernel = try kernel([holder])
    let slots: [MACAddress: NetworkModel.Attachment?] = [
      Fixture.primaryMAC: nil, holder.mac: holder.attachment,
    ]
    func rivals(_ addresses: String...) -> Set<MACAddress> {
      Ownership.rivals(of: third(addresses), among: slots, in: kernel)
    }
    #expect(rivals("10.0.5.7") == [holder.mac])
    #expect(rivals("10.0.4.10") == [holder.mac])
    #expect(rivals("10.0.0.10") == [Fixture.primaryMAC])
    #expect(rivals("10.0.5.16", "10.0.4.11").isEmpty)
  }

  @Test("different addresses contest nothing, also in subnets that overlap")
  func apart() throws {
    let enis = [Self.primary, second(["10.0.4.10"], ["10.0.5.0/28"]), third(["10.0.4.11"])]
    let owned = try ownership(enis)
    #expect(owned.contests.isEmpty && owned.held.isEmpty)
    #expect(owned.network.interfaces == enis)
  }

  @Test(
    "a new ENI with an address of the primary is held, whichever of the two delegates it",
    arguments: [
      (["10.0.0.10"], []), (["10.0.4.10", "10.0.0.35"], []), (["10.0.4.10"], ["10.0.0.0/26"]),
    ]
      as [([String], [String])]
  )
  func primary(addresses: [String], prefixes: [String]) throws {
    let new = second(addresses, prefixes)
    for enis in [[Self.primary, new], [new, Self.primary]] {
      let owned = try ownership(enis)
      #expect(owned.held == [new.mac])
      #expect(owned.network.interfaces == [Self.primary])
      let text = try #require(owned.contests[new.mac]).description
      #expect(text.contains(new.id.text) && text.contains(Self.primary.id.text), "\(text)")
    }
  }

  @Test("an ENI that carries traffic keeps the addresses that are its own")
  func live() throws {
    let before = second(["10.0.4.10"])
    let owned = try ownership(
      [Self.primary, second(["10.0.4.10", "10.0.0.10"])],
      configured: [before]
    )
    #expect(owned.held.isEmpty)
    #expect(owned.interface(before.mac) == before)
    #expect(owned.contests[before.mac]?.sources.map(\.description) == ["10.0.0.10/32"])
  }

  @Test("of two others the one that has the address keeps it, and before that the lower slot")
  func others() throws {
    let (first, other) = (second(["10.0.4.10"]), third(["10.0.4.10"]))
    #expect(try ownership([Self.primary, first, other]).held == [other.mac])
    #expect(try ownership([first, other], configured: [first]).held == [other.mac])
    #expect(try ownership([first, other], configured: [other]).held == [first.mac])
  }

  @Test("an ENI without a link contests nothing")
  func absent() throws {
    let absent = Fixture.interface(5, device: 5, ipv4: ("10.0.0.0/24", ["10.0.0.10"], []))
    #expect(try ownership([Self.primary, absent]).contests.isEmpty)
  }
}
