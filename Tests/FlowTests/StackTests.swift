// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// What every network stack has to do, each as its own image has it.
  @Suite("On every network stack", .serialized)
  struct StackTests {
    struct Image: Sendable, CustomTestStringConvertible {
      let image: InstanceImage
      /// What configures the second ENI.
      let file: String
      let testDescription: String
    }

    static let images = [
      Image(
        image: .ifupdown(
          packages: packages("ifupdown"),
          interfaces: """
            auto lo
            iface lo inet loopback
            auto ens5
            iface ens5 inet dhcp
            source /etc/network/interfaces.d/*

            """
        ),
        file: "/etc/network/interfaces.d/eni-init-nic1",
        testDescription: "ifupdown"
      ),
      Image(
        image: .netplan(packages: packages("netplan")),
        file: "/etc/netplan/00-eni-init-nic1.yaml",
        testDescription: "netplan"
      ),
      Image(
        image: .networkManager(packages: packages("network-manager")),
        file: "/etc/NetworkManager/system-connections/eni-init-nic1.nmconnection",
        testDescription: "NetworkManager"
      ),
      Image(image: .script, file: "/etc/eni-init/kernel/nic1.sh", testDescription: "kernel"),
    ]

    /// What `make stacks` has unpacked.
    static func packages(_ name: String) -> String {
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(".build-stacks/\(name)").path
    }

    private func expectRouted(
      _ stage: Stage,
      _ moment: Comment,
      _ addresses: [String] = ["10.0.1.10", "10.0.1.11", "2001:db8:1:1::10", "2001:db8:1:1::11"]
    ) throws {
      for text in addresses {
        let address = try #require(IPAddress(text))
        let report = try stage.cloud.probeFromInternet(address)
        #expect(report.isLossless, "\(moment): \(text): \(report)")
        guard address.family == .ipv4 else { continue }
        for subnet in ["10.0.0.0/24", "10.0.1.0/24"] {
          let neighbor = try stage.cloud.vpc.neighbor(in: try #require(IPPrefix(subnet)))
          let report = try neighbor.namespace.probe(address)
          #expect(report.isLossless, "\(moment): \(text) from \(subnet)")
        }
      }
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty, moment)
      #expect(try !stage.mainDefaultRoutes().contains("nic1"), moment)
    }

    @Test("an ENI is hot-plugged, rebooted, rebooted without the program", arguments: images)
    func life(_ image: Image) throws {
      let stage = try Stage.withUs(image: image.image)
      let routes = try stage.mainDefaultRoutes()
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.0.10"))
      )
      let eni = stage.second
      try stage.plug(eni, as: "ens6")
      try stage.waitUntilRouted(eni)
      try expectRouted(stage, "after the hot-plug")
      for eni in [stage.primary, eni] {
        #expect(try stage.cloud.vpc.sourceCheckDrops(of: eni.id).total == 0)
      }
      #expect(try stage.mainDefaultRoutes() == routes)
      #expect(try probe.stop().isLossless, "the primary answered all the time")
      #expect(try stage.shell("cat \(image.file)").contains("10.0.1.11"))
      #expect(try stage.shell("ip route show table nic1").contains("default via 10.0.1.1 dev nic1"))
      #expect(try !stage.shell("ls /etc/systemd/network").contains("05-eni-init"))

      var primary = stage.primary
      primary.ipv4 = try SimulatedENI.Block("10.0.0.0/24", "10.0.0.10", "10.0.0.20").parsed()
      try stage.cloud.update(primary)
      try stage.shell("eni-init refresh")
      try stage.reboot()
      try stage.waitUntilRouted(eni)
      try expectRouted(stage, "after a reboot")
      let state = try stage.state()
      let said = try stage.shell("eni-init refresh 2>&1")
      let after = try stage.state()
      let lines = { (text: String) in text.split(separator: "\n") }
      let changes = lines(after).difference(from: lines(state))
      let journal = try stage.instance.journal()
      #expect(said.isEmpty && after == state, "\(said)\(changes)\n\(journal)")

      try stage.instance.removeProgram()
      try stage.reboot()
      try Condition.wait(until: "it answers", within: .seconds(30)) {
        try stage.cloud.probeFromInternet(try #require(IPAddress("2001:db8:1:1::11")), count: 1)
          .isLossless
      }
      try expectRouted(stage, "after a reboot without the program")
      try expectRouted(stage, "the primary's second one", ["10.0.0.10", "10.0.0.20"])
    }

    @Test("addresses come and go without a loss, the primary's too", arguments: images)
    func refresh(_ image: Image) throws {
      let stage = try Stage.withUs(image: image.image)
      let plain = try SimulatedENI.plainSecond()
      try stage.plug(plain, as: "ens6")
      try stage.waitUntilRouted(plain)
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.1.10")),
        every: .milliseconds(10)
      )
      try stage.cloud.update(stage.second)
      var primary = stage.primary
      primary.ipv4 = try SimulatedENI.Block("10.0.0.0/24", "10.0.0.10", "10.0.0.20").parsed()
      try stage.cloud.update(primary)
      try stage.shell("eni-init refresh")
      try expectRouted(stage, "more addresses")
      try expectRouted(stage, "more of the primary's", ["10.0.0.20"])
      #expect(try stage.shell("ip rule").contains("from 10.0.1.32/28 lookup"))
      try stage.cloud.update(plain)
      try stage.cloud.update(stage.primary)
      try stage.shell("eni-init refresh")
      #expect(try probe.stop().isLossless)
      let state = try stage.state()
      #expect(!state.contains("2001:db8:1:1:") && !state.contains("10.0.0.20"))
      #expect(!state.contains("10.0.1.32"))
      try expectRouted(stage, "as at first", ["10.0.1.10", "10.0.1.11"])
    }

    @Test("a detached ENI leaves nothing, and may come back", arguments: images)
    func detach(_ image: Image) throws {
      let stage = try Stage.withUs(image: image.image)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try stage.unplug(stage.second)
      try Condition.wait(until: "its files are gone", within: .seconds(30)) {
        try stage.instance.run(["test", "-e", image.file]).status != 0
      }
      #expect(try !stage.shell("ip rule").contains("1000"))
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try expectRouted(stage, "back again", ["10.0.1.10", "10.0.1.11"])
    }

    /// As cloud images have it that want DHCP on whatever comes.
    private static let greedyInterfaces = """
      auto /ens*
      allow-hotplug /ens*
      iface ens5 inet dhcp
      iface ens6 inet dhcp
      source /etc/network/interfaces.d/*

      """

    /// Each with what says that the ENI was refused.
    @Test(
      "nothing starts a DHCP client on an ENI, hot-plugged or found at a boot",
      arguments: [
        (
          .ifupdown(packages: packages("ifupdown"), interfaces: greedyInterfaces),
          "grep 'ens6 is held by eni-init(8)' /run/journal"
        ),
        (
          .networkManager(packages: packages("network-manager")),
          "nmcli --terse --fields DEVICE,STATE device | grep ens6:unmanaged"
        ),
      ] as [(InstanceImage, String)]
    )
    func wildcards(image: InstanceImage, refusal: String) throws {
      let stage = try Stage.withUs(image: image)
      var late = stage.second
      late.timeline = late.timeline.listed(after: .seconds(3))
      try stage.plug(late, as: "ens6")
      try Condition.wait(until: "it is refused") {
        try stage.instance.run(["sh", "-c", refusal]).status == 0
      }
      try stage.waitUntilRouted(stage.second)
      try expectRouted(stage, "after the hot-plug", ["10.0.1.10", "10.0.1.11"])
      try stage.shell("eni-init seal; eni-init arm")
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      try expectRouted(stage, "found at a boot", ["10.0.1.10", "10.0.1.11"])
    }

    @Test(
      "what we write is the stack's own, and its tool takes it down and brings it up",
      arguments: [
        ("ifupdown", "ifquery --state nic1 | grep nic1=nic1 && ifdown nic1", "ifup nic1"),
        (
          "NetworkManager", "nmcli connection down 'eni-init nic1'",
          "nmcli connection up 'eni-init nic1'"
        ),
      ]
    )
    func tools(stack: String, down: String, up: String) throws {
      let image = try #require(Self.images.first { $0.testDescription == stack })
      let stage = try Stage.withUs(image: image.image)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try stage.instance.check(["sh", "-c", down])
      // A rule that leads to main is for every ENI in the subnet; the next refresh removes the last one.
      let state = try stage.shell(
        "ip rule | grep -v 'lookup main'; ip address show nic1; ip route show table 10001"
      )
      #expect(!state.contains("10.0.1."))
      try stage.instance.check(["sh", "-c", up])
      try stage.waitUntilRouted(stage.second)
      try expectRouted(stage, "up again", ["10.0.1.10", "10.0.1.11"])
    }

    @Test("what netplan applies starts no DHCP client, and the next boot takes its file")
    func applied() throws {
      let image = try #require(Self.images.first { $0.testDescription == "netplan" })
      let stage = try Stage.withUs(image: image.image)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      // What `netplan apply` does, but for its look at Open vSwitch.
      try stage.shell(
        """
        /usr/libexec/netplan/generate
        udevadm trigger --action=change --subsystem-match=net && udevadm settle
        networkctl reload && networkctl reconfigure ens5 nic1
        eni-init refresh
        """
      )
      try expectRouted(stage, "applied", ["10.0.1.10", "10.0.1.11"])
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      try expectRouted(stage, "after a reboot", ["10.0.1.10", "10.0.1.11"])
      let status = try stage.shell("networkctl --no-pager status nic1")
      #expect(status.contains("10-netplan-00-eni-init-"), "\(status)")
    }

    @Test("netplan calls an ENI by our name, also where cloud-init has written another one")
    func otherName() throws {
      let image = try #require(Self.images.first { $0.testDescription == "netplan" })
      let stage = try Stage.withUs(image: image.image)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try stage.instance.write(
        "/etc/netplan/50-cloud-init.yaml",
        content: """
          network:
              version: 2
              ethernets:
                  ens6:
                      dhcp4: true
                      match:
                          macaddress: \(stage.second.mac)
                      set-name: ens6

          """
      )
      let generate =
        "/usr/libexec/netplan/generate 2>&1; grep -h Name= /run/systemd/network/*ens6.link"
      #expect(try stage.shell(generate) == "Name=ens6\n")
      try stage.shell("eni-init refresh")
      for _ in 1...2 {
        #expect(try stage.shell(generate) == "Name=nic1\n")
        try stage.shell("eni-init refresh")
      }
      try expectRouted(stage, "generated", ["10.0.1.10", "10.0.1.11"])
      try stage.unplug(stage.second)
      try stage.shell("eni-init refresh")
      #expect(try stage.shell("ls /run/netplan").isEmpty, "a detached ENI has no entry")
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.shell(generate) == "Name=nic1\n", "attached again")
      try stage.shell("rm /etc/netplan/50-cloud-init.yaml")
      #expect(try stage.shell(generate) == "Name=nic1\n", "the entry stands alone too")
      try expectRouted(stage, "without cloud-init's file", ["10.0.1.10", "10.0.1.11"])
    }

    @Test("when Stack= changes, the files do at the next refresh, and the next boot obeys")
    func changed() throws {
      let stage = try Stage.routed()
      try stage.instance.write("/etc/eni-init/eni-init.conf", content: "[General]\nStack=kernel\n")
      try stage.shell("eni-init refresh")
      try expectRouted(stage, "after the refresh", ["10.0.1.10", "10.0.1.11"])
      let files = try stage.shell("ls /etc/systemd/network /etc/eni-init/kernel")
      #expect(files.contains("nic1.sh") && !files.contains("05-eni-init"), "\(files)")
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      try expectRouted(stage, "after a reboot", ["10.0.1.10", "10.0.1.11"])
    }

    @Test("files stay where they are while NetworkManager restarts, where networkd is enabled too")
    func restarting() throws {
      let stage = try Stage.withUs(
        image: .networkManager(packages: Self.packages("network-manager"))
      )
      try stage.shell(
        "ln -s /usr/lib/systemd/system/systemd-networkd.service /etc/systemd/system/multi-user.target.wants/"
      )
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      let state = try stage.state()
      try stage.shell("mv /run/NetworkManager/devices /run/former; eni-init refresh 2>&1")
      #expect(try stage.state() == state)
      #expect(
        try stage.shell("ls /etc/NetworkManager/system-connections").contains("eni-init-nic1")
      )
      #expect(try !stage.shell("ls /etc/systemd/network").contains("05-eni-init"))
    }

    @Test("without a manager, what a link loses that goes down comes back with the next refresh")
    func bounced() throws {
      let stage = try Stage.withUs(image: .script)
      let eni = stage.second
      try stage.plug(eni, as: "ens6")
      try stage.waitUntilRouted(eni)
      try stage.shell("ip link set nic1 down; ip link set nic1 up")
      #expect(try !stage.shell("ip route show table 10001").contains("default"))
      try stage.shell("eni-init refresh")
      try expectRouted(stage, "up again")
    }

    private static func interfaces(word: String) -> InstanceImage {
      .ifupdown(
        packages: packages("ifupdown"),
        interfaces: """
          \(word) ens4
          iface ens4 inet dhcp
          \(word) ens5
          iface ens5 inet dhcp
          source /etc/network/interfaces.d/*

          """
      )
    }

    @Test(
      "at a first boot without cloud-init a wrong candidate ends static",
      arguments: [
        interfaces(word: "auto"), interfaces(word: "allow-hotplug"),
        .networkManager(packages: packages("network-manager")),
      ]
    )
    func firstBoot(image: InstanceImage) throws {
      let stage = try Stage.withUs(image: image, launch: .secondBeforePrimary)
      try stage.waitUntilRouted(stage.second)
      try Condition.wait(until: "the primary has the default route", within: .seconds(60)) {
        try stage.mainDefaultRoutes().contains("ens5")
      }
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
      let first = try #require(
        try stage.cloud.vpc.dhcpPackets(of: stage.primary.id).map(\.time).min()
      )
      let last = try stage.cloud.vpc.dhcpPackets(of: stage.second.id).map(\.time).max()
      #expect(last.map { $0 < first } ?? true, "never do two ENIs have a DHCP client")
    }
  }
}
