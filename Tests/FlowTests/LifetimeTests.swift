// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("What is on disk outlives us", .serialized)
  struct Lifetime {
    /// Whether the second ENI answers from the internet and from the primary's subnet.
    private func answers(_ stage: Stage) throws -> Bool {
      let address = try #require(IPAddress("10.0.1.10"))
      let subnet = try #require(IPPrefix("10.0.0.0/24"))
      return try stage.cloud.probeFromInternet(address).isLossless
        && stage.cloud.vpc.neighbor(in: subnet).namespace.probe(address).isLossless
    }

    private func waitUntilAnswering(_ stage: Stage) throws {
      try Condition.wait(until: "the second ENI answers", within: .seconds(30)) {
        try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.1.10")), count: 1)
          .isLossless
      }
    }

    @Test(
      "an ENI that was there before the installation is left alone until it is attached by hand"
    )
    func installedLater() throws {
      let stage = try Stage.withoutUs()
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "the image has configured it") {
        try stage.shell("ip -o address show dev ens6").contains("10.0.1.10/24")
      }
      try stage.instance.installPackage(program: BuiltProduct.path("eni-init"))
      try stage.markAsHardware("ens5", "ens6")
      try stage.shell("udevadm control --reload; eni-init arm")
      let before = try stage.shell("ip -o -4 address show dev ens6 | sed 's/valid_lft.*//'")
      #expect(try stage.instance.run(["eni-init", "refresh"]).status == 0)
      #expect(
        try stage.shell("ip -o -4 address show dev ens6 | sed 's/valid_lft.*//'") == before
      )
      let check = try stage.instance.run(["eni-init", "check"])
      #expect(check.output.contains("eni-init attach ens6"), "\(check)")
      let attach = try stage.instance.run(["eni-init", "attach", "ens6"])
      #expect(attach.status == 0, "\(attach)")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.shell("ip -o address show dev nic1 dynamic").isEmpty)
      let last = try stage.instance.run(["eni-init", "check"])
      #expect(last.status == 0, "\(last)")
    }

    @Test("after a reboot udev names the ENI, and it answers before IMDS was asked")
    func rebootWithoutIMDS() throws {
      let stage = try Stage.routed()
      stage.cloud.imds.refuseConnections(for: .seconds(600))
      stage.cloud.imds.clearLog()
      try stage.reboot()
      try waitUntilAnswering(stage)
      #expect(try answers(stage))
      #expect(try stage.instance.check(["ip", "link", "show", "nic1"]).contains("group 10000"))
      #expect(stage.cloud.imds.log.isEmpty)
      #expect(try stage.status(of: stage.second)?.hasSuffix("10001  routed") ?? false)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test("without our program a reboot still brings the ENI up")
    func rebootWithoutProgram() throws {
      let stage = try Stage.routed()
      try stage.instance.removeProgram()
      try stage.reboot()
      try waitUntilAnswering(stage)
      #expect(try answers(stage))
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test("an ENI attached while the instance was off is held from the start, then configured")
    func attachedWhileOff() throws {
      let stage = try Stage.withUs()
      try stage.reboot()
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test("an ENI that the image configured before the primary was known is taken over")
    func takenOver() throws {
      let stage = try Stage.withUs(launch: .secondAfterPrimary)
      try stage.waitUntilRouted(stage.second)
      try waitUntilAnswering(stage)
      #expect(try answers(stage))
      #expect(try stage.mainDefaultRoutes().contains("dev ens5"))
      #expect(try !stage.mainDefaultRoutes().contains("10.0.1.1"))
    }

    @Test("when the link goes, its rules go; the files when IMDS has agreed twice")
    func detach() throws {
      let stage = try Stage.routed()
      try stage.unplug(stage.second)
      try Condition.wait(until: "the rules are gone") {
        try !stage.instance.check(["ip", "rule"]).contains("10001")
      }
      try Condition.wait(until: "the ENI is forgotten", within: .seconds(60)) {
        try stage.instance.journal().contains("detached: forgotten")
      }
      let left = try stage.instance.check([
        "sh", "-c", "ls /etc/systemd/network/05-* /etc/iproute2/rt_tables.d/eni* 2>/dev/null; true",
      ])
      #expect(left.isEmpty, "\(left)")
      #expect(
        try stage.instance.run(["test", "-e", "\(stage.records)/\(stage.second.mac)"]).status == 1
      )

      // networkd remembers the file that it has read; the name is for us to give again.
      try stage.plug(stage.second, as: "ens7")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.status(of: stage.second)?.contains("nic1") ?? false)
      #expect(try answers(stage))
    }

    @Test("another ENI in the same slot takes over name and files")
    func replaced() throws {
      let stage = try Stage.routed()
      try stage.unplug(stage.second)
      let successor = try SimulatedENI(
        mac: "02:00:00:00:00:77",
        device: 1,
        ipv4: .init("10.0.2.0/24", "10.0.2.20")
      )
      try stage.plug(successor, as: "ens7")
      try stage.waitUntilRouted(successor)
      let file = try stage.instance.check([
        "cat", "/etc/systemd/network/05-eni-init-nic1.network",
      ])
      #expect(file.contains("\(successor.mac)"))
      #expect(try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.2.20"))).isLossless)
      #expect(try !stage.instance.check(["ip", "rule"]).contains("10.0.1.10"))
    }

    @Test("an ENI that comes back in another slot leaves nothing of the former one")
    func moved() throws {
      let stage = try Stage.routed()
      try stage.unplug(stage.second)
      let moved = try SimulatedENI(
        mac: stage.second.mac.description,
        device: 2,
        ipv4: .init("10.0.1.0/24", "10.0.1.10")
      )
      try stage.plug(moved, as: "ens7")
      try stage.waitUntilRouted(moved)
      #expect(try stage.status(of: moved)?.contains("nic2") ?? false)
      #expect(try stage.shell("ls /etc/systemd/network").contains("nic1") == false)
      #expect(try answers(stage))
    }
  }
}
