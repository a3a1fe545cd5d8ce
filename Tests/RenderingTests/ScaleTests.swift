// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import Rendering
import TestSupport
import Testing

@Suite("As many ENIs as an instance can have")
struct ScaleTests {
  /// The n-th of 64 ENIs on 16 cards, with 50 addresses; card 0 has the primary as its device 0.
  private func interface(_ number: Int) -> NetworkInterface {
    let card = (number - 1) / 4
    let device = (number - 1) % 4 + (card == 0 ? 1 : 0)
    let addresses = (10..<60).map { "10.\(number).0.\($0)" }
    return Fixture.interface(
      number,
      card: card,
      device: device,
      ipv4: ("10.\(number).0.0/24", addresses, [])
    )
  }

  @Test("64 ENIs with 50 addresses each are planned and rendered in one run, each apart")
  func largest() throws {
    let links = [Fixture.link(0, mtu: 9001)] + (1...64).map { Fixture.link($0) }
    let network = InstanceNetwork(
      primaryMAC: Fixture.primaryMAC,
      interfaces: (1...64).map(interface)
    )
    let plans = try Planner().plan(for: network, links: links).interfaces
    #expect(plans.count == 64)
    #expect(Set(plans.map(\.name)).count == 64)
    #expect(Set(plans.map(\.interface.attachment.table)).count == 64)
    #expect(plans.allSatisfy { $0.addresses.count == 50 && $0.rules.count == 51 })
    let files = plans.flatMap { NetworkdRenderer().files(for: $0, instance: Fixture.instance) }
    #expect(Set(files.map(\.path)).count == 128)
    let state = KernelIndex(KernelState(links: links))
    let changes = plans.compactMap { Difference($0, state: state, isNew: true)?.routing.count }
    // Up, 50 addresses, 2 routes, 50 rules and the host-wide one.
    #expect(changes == [Int](repeating: 104, count: 64))
  }
}
