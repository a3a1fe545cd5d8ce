// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import Rendering
import TestSupport
import Testing

@Suite("systemd-networkd files")
struct NetworkdRendererTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let interfaces: [NetworkInterface]
    var links: [Link] = [Fixture.link(0, mtu: 9001)] + (1...4).map { Fixture.link($0) }
    var testDescription: String { name }
  }

  static let scenarios = [
    Scenario(
      name: "one-eni",
      interfaces: [Fixture.interface(1, device: 1, ipv4: ("10.0.1.0/24", ["10.0.1.10"], []))]
    ),
    Scenario(
      name: "secondary-addresses-and-prefixes",
      interfaces: [
        Fixture.interface(
          1,
          device: 1,
          ipv4: ("10.0.1.0/24", ["10.0.1.200", "10.0.1.5", "10.0.1.77"], ["10.0.1.16/28"])
        )
      ]
    ),
    Scenario(
      name: "dual-stack",
      interfaces: [
        Fixture.interface(
          1,
          device: 1,
          ipv4: ("10.0.1.0/24", ["10.0.1.10"], []),
          ipv6: (
            "2600:1f14:1:2::/64", ["2600:1f14:1:2::a", "2600:1f14:1:2::b"],
            ["2600:1f14:1:2:5::/80"]
          )
        )
      ]
    ),
    Scenario(
      name: "ipv6-only",
      interfaces: [
        Fixture.interface(1, device: 1, ipv6: ("2600:1f14:1:2::/64", ["2600:1f14:1:2::a"], []))
      ]
    ),
    Scenario(
      name: "two-cards-one-subnet",
      interfaces: [
        Fixture.interface(1, device: 1, ipv4: ("10.0.0.0/20", ["10.0.1.10"], [])),
        Fixture.interface(2, card: 1, device: 1, ipv4: ("10.0.0.0/20", ["10.0.1.11"], [])),
        Fixture.interface(3, card: 1, device: 0, ipv4: ("10.0.0.0/20", ["10.0.1.12"], [])),
      ]
    ),
    Scenario(name: "efa-only", interfaces: [Fixture.interface(1, card: 1, device: 0)]),
    Scenario(
      name: "no-permanent-address",
      interfaces: [Fixture.interface(1, device: 1, ipv4: ("10.0.1.0/24", ["10.0.1.10"], []))],
      links: [
        Link(index: Fixture.link(1).index, name: Fixture.link(1).name, address: Fixture.mac(1))
      ]
    ),
  ]

  @Test("each shape of ENI gives exactly the files of its golden tree", arguments: scenarios)
  func golden(scenario: Scenario) throws {
    let network = InstanceNetwork(
      primaryMAC: Fixture.primaryMAC,
      interfaces: scenario.interfaces
    )
    let plan = try Planner().plan(for: network, links: scenario.links)
    let files = plan.interfaces.flatMap {
      NetworkdRenderer().files(for: $0, instance: Fixture.instance)
    }
    let tree = GoldenTree("\(scenario.name)/networkd")
    #expect(try tree.differences(from: files) == [])
  }

  @Test("a file is ours by its name and its first line, both")
  func ownership() {
    let ours = NetworkdRenderer.networkFiles
    let content = "# Written by eni-init(8); changes here are lost.\n"
    #expect(ours.contains(name: "05-eni-init-nic1.network", content: content))
    #expect(!ours.contains(name: "05-eni-init-nic1.network", content: "[Match]\n"))
    #expect(!ours.contains(name: "05-mine.network", content: content))
    #expect(!ours.contains(name: "05-eni-init-nic1.network.d", content: content))
  }

  @Test("every file sorts before netplan's and the hold, which must lose")
  func order() {
    let path = NetworkdRenderer.networkFiles.path("nic1c31")
    #expect(path < "/etc/systemd/network/06-eni-init-hold.network")
    #expect(path < "/etc/systemd/network/10-netplan-all-en.network")
  }
}
