// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("Hosts differ", .serialized)
  struct HostConditionsTests {
    private static let addresses = ["10.0.0.10", "10.0.1.10", "10.0.1.11"]

    /// Every address answers the internet and the hosts in both subnets.
    private func expectAnswers(_ stage: Stage, _ addresses: [String] = addresses) throws {
      for address in addresses.compactMap({ IPAddress($0) }) {
        let report = try stage.cloud.probeFromInternet(address)
        #expect(report.isLossless, "\(address): \(report)")
        guard address.family == .ipv4 else { continue }
        for subnet in ["10.0.0.0/24", "10.0.1.0/24"].compactMap({ IPPrefix($0) }) {
          let neighbor = try stage.cloud.vpc.neighbor(in: subnet)
          let report = try neighbor.namespace.probe(address)
          #expect(report.isLossless, "\(address) from \(subnet): \(report)")
        }
      }
      for eni in [stage.primary, stage.second] {
        let drops = try stage.cloud.vpc.sourceCheckDrops(of: eni.id)
        #expect(drops.total == 0, "\(eni.id): \(drops)")
      }
    }

    // A link has the greater of its own value and the one for all.
    @Test(
      "with each reverse path filter every address answers, and a published port of the primary",
      arguments: [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2)]
    )
    func reversePath(all: Int, link: Int) throws {
      let settings = [
        "net.ipv4.conf.all.rp_filter=\(all)", "net.ipv4.conf.default.rp_filter=\(link)",
      ]
      let stage = try Stage.withUs(conditions: HostConditions(settings: settings))
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      for name in ["ens5", "nic1", "docker0"] {
        let value = try stage.shell("cat /proc/sys/net/ipv4/conf/\(name)/rp_filter")
        #expect(value == "\(link)\n", "\(name)")
      }
      try expectAnswers(stage)
      let container = [
        "ip", "netns", "exec", "container", "ping", "-c", "2", "-i", "0.1", "-W", "5",
      ]
      for address in Self.addresses {
        #expect(try stage.instance.run(container + [address]).status == 0, "to \(address)")
      }
      try stage.publishContainer(on: "10.0.0.10")
      try expectAnswers(stage, ["10.0.0.10"])
      #expect(try stage.shell("eni-init refresh 2>&1; eni-init plan").isEmpty)
    }

    private static let images: [StackTests.Image] =
      BorrowedMAC.images.filter { $0.testDescription != "ifupdown" } + [
        StackTests.Image(
          image: .ifupdown(
            packages: StackTests.packages("ifupdown"),
            interfaces: """
              auto lo
              iface lo inet loopback
              allow-hotplug eth0 eth1
              auto eth0 eth1
              iface eth0 inet dhcp
              iface eth1 inet dhcp
              source /etc/network/interfaces.d/*

              """
          ),
          file: "/etc/network/interfaces.d/eni-init-nic1",
          testDescription: "ifupdown"
        )
      ]

    /// Both ENIs end like this, whatever the kernel has called them.
    private func expectSettled(_ stage: Stage) throws {
      try Condition.wait(until: "the second ENI is routed", within: .seconds(60)) {
        try stage.isRouted(stage.second)
      }
      try Condition.wait(until: "the primary has its route", within: .seconds(60)) {
        try stage.mainDefaultRoutes().contains("via 10.0.0.1 dev \(stage.primaryLink)")
      }
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
      try stage.waitUntilIdle()
      let enis = try stage.shell("cd /sys/class/net; grep -lx 10000 */netdev_group | sort")
      #expect(enis == "\(stage.primaryLink)/netdev_group\nnic1/netdev_group\n")
      #expect(try stage.shell("cat /sys/class/net/nic1/address") == "\(stage.second.mac)\n")
      try expectAnswers(stage)
    }

    @Test(
      "with names of the kernel's, eth0 and eth1, an ENI is hot-plugged and rebooted",
      arguments: images
    )
    func kernelNames(_ image: StackTests.Image) throws {
      let stage = try Stage.withUs(
        image: image.image,
        conditions: HostConditions(naming: .byKernel)
      )
      #expect(stage.primaryLink == "eth0")
      try stage.plug(stage.second, as: "eth1")
      try stage.waitUntilRouted(stage.second)
      try expectSettled(stage)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
      try stage.reboot()
      try expectSettled(stage)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test(
      "with names of the kernel's an instance is launched with two ENIs, the primary as eth0 or eth1",
      arguments: images.filter { $0.testDescription != "kernel" },
      [.secondAfterPrimary, .secondBeforePrimary] as [Stage.Launch]
    )
    func launch(_ image: StackTests.Image, order: Stage.Launch) throws {
      let stage = try Stage.withUs(
        image: image.image,
        launch: order,
        hasCloudInit: true,
        conditions: HostConditions(naming: .byKernel)
      )
      #expect(stage.primaryLink == (order == .secondBeforePrimary ? "eth1" : "eth0"))
      try expectSettled(stage)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
      try stage.reboot()
      try expectSettled(stage)
    }

    @Test("without facts the primary may be eth1, and ends with its lease")
    func candidates() throws {
      let stage = try Stage.withUs(
        launch: .secondBeforePrimary,
        conditions: HostConditions(naming: .byKernel)
      )
      try expectSettled(stage)
      try stage.reboot()
      try expectSettled(stage)
    }

    private static let withoutIPv6 = HostConditions(
      settings: ["net.ipv6.conf.all.disable_ipv6=1"]
    )

    @Test(
      "where IPv6 is off, a dual-stack ENI gets its IPv4 part without an error",
      arguments: BorrowedMAC.images
    )
    func withoutIPv6(_ image: StackTests.Image) throws {
      let stage = try Stage.withUs(image: image.image, conditions: Self.withoutIPv6)
      let spoken = try SimulatedENI.plainSecond()
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(spoken)
      try expectAnswers(stage)
      let isOff = "cat /proc/sys/net/ipv6/conf/nic1/disable_ipv6"
      #expect(try stage.shell(isOff) == "1\n")
      // The image may give the primary an address in spite of the setting.
      #expect(try !stage.shell("ip -6 address; ip -6 rule").contains("2001:db8:1:1:"))
      #expect(try stage.shell("eni-init refresh 2>&1; eni-init plan").isEmpty)
      let journal = try stage.instance.journal()
      #expect(!journal.contains("status 1"), "\(journal)")
      try stage.reboot()
      try stage.waitUntilRouted(spoken)
      try expectAnswers(stage)
      #expect(try stage.shell(isOff) == "1\n", "after a reboot")
    }
  }
}
