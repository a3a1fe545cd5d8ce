// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import Rendering
import TestSupport
import Testing

/// What every network stack's files have to be.
@Suite("Files of every network stack")
struct RendererTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let interfaces: [NetworkInterface]
    var links: [Link] = [Fixture.link(0, mtu: 9001)] + (1...4).map { Fixture.link($0) }
    var families = Set(AddressFamily.allCases)
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
    Scenario(
      name: "host-without-ipv6",
      interfaces: [
        Fixture.interface(
          1,
          device: 1,
          ipv4: ("10.0.1.0/24", ["10.0.1.10"], []),
          ipv6: ("2600:1f14:1:2::/64", ["2600:1f14:1:2::a"], [])
        )
      ],
      families: [.ipv4]
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

  @Test(
    "each shape of ENI gives exactly the files of its golden tree",
    arguments: scenarios,
    NetworkStack.allCases
  )
  func golden(scenario: Scenario, stack: NetworkStack) throws {
    let tree = GoldenTree("\(scenario.name)/\(stack.rawValue)")
    #expect(try tree.differences(from: try files(scenario, stack)) == [])
  }

  private func files(_ scenario: Scenario, _ stack: NetworkStack) throws -> [ConfigFile] {
    let network = InstanceNetwork(
      primaryMAC: Fixture.primaryMAC,
      interfaces: scenario.interfaces,
      primarySubnets: Dictionary(
        grouping: ["10.0.0.0/24", "2600:1f14:1:1::/64"].compactMap { IPPrefix($0) },
        by: \.family
      )
    )
    let planner = Planner(families: scenario.families)
    return try planner.plan(for: network, links: scenario.links).interfaces.flatMap {
      stack.renderer.files(for: $0, instance: Fixture.instance)
    }
  }

  /// The file for a primary with more addresses than the image gives it, in a stack that has such.
  static func primaryFile(
    _ stack: NetworkStack,
    besides stackFile: String
  ) throws -> ConfigFile {
    let primary = Fixture.interface(
      0,
      device: 0,
      ipv4: ("10.0.0.0/24", ["10.0.0.10", "10.0.0.20", "10.0.0.21"], ["10.0.0.32/28"]),
      ipv6: ("2600:1f14:1:2::/64", ["2600:1f14:1:2::a", "2600:1f14:1:2::b"], [])
    )
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: [primary])
    let plan = try #require(try Planner().plan(for: network, links: []).primary).without([])
    let file = stack.renderer.primaryFile(
      for: plan,
      on: Fixture.link(0).name,
      besides: stackFile,
      instance: Fixture.instance
    )
    return try #require(file)
  }

  /// The stacks whose files can add to the primary's, and the file by which each configures it.
  private static let primaryFiles: [(NetworkStack, String)] = [
    (.networkd, "/run/systemd/network/10-netplan-ens5.network"),
    (.netplan, "/run/systemd/network/10-netplan-ens5.network"),
    (.networkManager, "/etc/NetworkManager/dispatcher.d/eni-init-primary"),
    (.ifupdown, "/etc/network/if-up.d/eni-init-primary"),
    (.sysconfig, "/etc/eni-init/kernel/primary.sh"),
    (.kernel, "/etc/eni-init/kernel/primary.sh"),
  ]

  @Test(
    "the primary gets exactly the addition of its golden tree, and no file of its own",
    arguments: primaryFiles
  )
  func primary(stack: NetworkStack, stackFile: String) throws {
    let file = try Self.primaryFile(stack, besides: stackFile)
    #expect(try GoldenTree("primary/\(stack.rawValue)").differences(from: [file]) == [])
    #expect(
      stack.renderer.primaryAddresses(in: file.content).map(\.description)
        == ["10.0.0.20/32", "10.0.0.21/32", "2600:1f14:1:2::b/128"]
    )
    let name = try #require(file.path.split(separator: "/").last.map(String.init))
    // netplan's is networkd's.
    let kinds = try NetworkStack.allCases.flatMap {
      try $0.renderer.ownedFiles { _ in ["10-netplan-ens5.network.d"] }
    }
    let owners = kinds.filter { kind in
      file.path.hasPrefix(kind.directory + "/") && kind.contains(name: name, content: file.content)
    }
    #expect(owners.first?.isForPrimary == true)
  }

  @Test(
    "every file says for which instance it is, and is known as ours",
    arguments: NetworkStack.allCases
  )
  func ownership(stack: NetworkStack) throws {
    let scenario = try #require(Self.scenarios.first)
    let files = try files(scenario, stack)
    let directories = files.compactMap { $0.path.split(separator: "/").dropLast().last }
    let kinds = try stack.renderer.ownedFiles { _ in Set(directories.map(String.init)).sorted() }
    #expect(files.count >= 2)
    for file in files {
      #expect(OwnedFiles.instance(in: file.content) == Fixture.instance, "\(file.path)")
      let owners = kinds.filter { $0.path("nic1") == file.path && !$0.isForPrimary }
      let name = try #require(file.path.split(separator: "/").last.map(String.init))
      #expect(
        owners.count == 1 && owners.allSatisfy { $0.contains(name: name, content: file.content) }
      )
    }
  }

  @Test("profiles and YAML are for root alone, scripts can be run, all else can be read")
  func modes() throws {
    let scenario = try #require(Self.scenarios.first)
    for stack in NetworkStack.allCases {
      for file in try files(scenario, stack) {
        let isPrivate = [".nmconnection", ".yaml"].contains(where: file.path.hasSuffix)
        let isProgram = file.content.hasPrefix("#!")
        #expect(file.mode == (isPrivate ? 0o600 : isProgram ? 0o755 : 0o644), "\(file.path)")
      }
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
}
