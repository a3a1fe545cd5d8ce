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

  private static let netplan = "/run/systemd/network/10-netplan-ens5.network"

  private func primaryFile(besides stackFile: String = netplan) throws -> ConfigFile {
    let primary = Fixture.interface(
      0,
      device: 0,
      ipv4: ("10.0.0.0/24", ["10.0.0.10", "10.0.0.20", "10.0.0.21"], ["10.0.0.32/28"]),
      ipv6: ("2600:1f14:1:2::/64", ["2600:1f14:1:2::a", "2600:1f14:1:2::b"], [])
    )
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [primary])
    let plan = try #require(try Planner().plan(for: network, links: []).primary)
    return NetworkdRenderer().primaryFile(
      for: plan,
      besides: stackFile,
      instance: Fixture.instance
    )
  }

  @Test("the primary gets exactly the drop-in of its golden tree, and no file of its own")
  func primary() throws {
    let tree = GoldenTree("primary/networkd")
    #expect(try tree.differences(from: [try primaryFile()]) == [])
  }

  @Test(
    "the drop-in lies in /etc, wherever the file is that it adds to",
    arguments: ["/etc/systemd/network/", "/run/systemd/network/", "/usr/lib/systemd/network/"]
  )
  func primaryPath(directory: String) throws {
    #expect(
      try primaryFile(besides: directory + "80-ec2.network").path
        == "/etc/systemd/network/80-ec2.network.d/eni-init-primary.conf"
    )
  }

  @Test("the primary's addresses are read back from its drop-in, and from nothing else in it")
  func primaryAddresses() throws {
    let content = try primaryFile().content
    #expect(
      NetworkdRenderer().primaryAddresses(in: content).map(\.description)
        == ["10.0.0.20/32", "10.0.0.21/32", "2600:1f14:1:2::b/128"]
    )
    let edited = """
      # Address=10.0.0.1/32
      Address=10.0.0.2
      Address=10.0.0.3/32 10.0.0.4/32
      Address=../../etc/passwd
      Gateway=10.0.0.5/32
      Address=10.0.0.6/32
      """
    #expect(
      NetworkdRenderer().primaryAddresses(in: edited).map(\.description) == ["10.0.0.6/32"]
    )
  }

  @Test(
    "in a first boot exactly what the golden tree says is held",
    arguments: [("first-boot", nil), ("first-boot-candidate", "ens5")] as [(String, String?)]
  )
  func firstBoot(name: String, candidate: String?) throws {
    let candidate = candidate.flatMap { InterfaceName($0) }
    let file = NetworkdRenderer().firstBootHold(except: candidate)
    #expect(try GoldenTree("\(name)/networkd").differences(from: [file]) == [])
    #expect(NetworkdRenderer().candidate(in: file.content) == candidate)
  }

  @Test(
    "a candidate is a name, or there is none",
    arguments: [
      "", "Property=INTERFACE=ens5", "Property=!INTERFACE=", "Property=!INTERFACE=../ens5",
      "Property=!INTERFACE=ens5 ens6", "# Property=!INTERFACE=ens5",
      "Property=!INTERFACE=a-name-too-long-for-a-link",
    ]
  )
  func noCandidate(content: String) {
    #expect(NetworkdRenderer().candidate(in: "[Match]\n\(content)\n") == nil)
  }

  @Test("every directory of drop-ins is looked through for the primary's")
  func ownedFiles() throws {
    var listed: [String] = []
    let kinds = try NetworkdRenderer().ownedFiles { directory in
      listed.append(directory)
      return [
        "05-eni-init-nic1.network", "10-netplan-ens5.network.d", "80-ec2.network.d", "ens5.link.d",
      ]
    }
    #expect(listed == ["/etc/systemd/network"])
    #expect(kinds.prefix(2) == [NetworkdRenderer.networkFiles, NetworkdRenderer.tableNames])
    let dropIns = kinds.dropFirst(2)
    #expect(kinds.filter(\.isForPrimary) == Array(dropIns))
    #expect(
      dropIns.map(\.directory) == [
        "/etc/systemd/network/10-netplan-ens5.network.d", "/etc/systemd/network/80-ec2.network.d",
      ]
    )
    let file = try primaryFile()
    #expect(dropIns.first?.path("") == file.path)
    let name = try #require(file.path.split(separator: "/").last.map(String.init))
    #expect(dropIns.allSatisfy { $0.contains(name: name, content: file.content) })
    #expect(dropIns.allSatisfy { !$0.contains(name: "mine.conf", content: file.content) })
    #expect(dropIns.allSatisfy { !$0.contains(name: name, content: "[Network]\n") })
  }

  @Test("without drop-ins there are the ENIs' own files alone")
  func noDropIns() throws {
    let kinds = try NetworkdRenderer().ownedFiles { _ in [] }
    #expect(kinds == [NetworkdRenderer.networkFiles, NetworkdRenderer.tableNames])
  }

  @Test("every file says which instance it is for")
  func instance() throws {
    let network = InstanceNetwork(
      primaryMAC: Fixture.primaryMAC,
      interfaces: try #require(Self.scenarios.first).interfaces
    )
    let plans = try Planner().plan(for: network, links: [Fixture.link(1)]).interfaces
    let files = plans.flatMap { NetworkdRenderer().files(for: $0, instance: Fixture.instance) }
    #expect(files.count == 2)
    for file in files + [try primaryFile()] {
      #expect(OwnedFiles.instance(in: file.content) == Fixture.instance, "\(file.path)")
    }
  }

  @Test(
    "an instance is read from the opening comment alone, and only when it is one",
    arguments: [
      "", "# Written by eni-init(8); changes here are lost.\n", "# Instance \n",
      "# Instance i-../../etc\n", "# Instance i-0123456789abcdef0 x\n",
      "# instance i-0123456789abcdef0\n", "[Network]\n# Instance i-0123456789abcdef0\n",
      "Description=# Instance i-0123456789abcdef0\n",
    ]
  )
  func noInstance(content: String) {
    #expect(OwnedFiles.instance(in: content) == nil)
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
    // networkd orders by name alone, whatever the directory.
    let hold = NetworkdRenderer().firstBootHold(except: nil).path.split(separator: "/").last
    #expect(hold.map { path < "/etc/systemd/network/\($0)" } == true)
    #expect(hold.map { $0 < "10-netplan-all-en.network" } == true)
  }
}
