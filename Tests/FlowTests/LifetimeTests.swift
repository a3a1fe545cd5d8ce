// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("What is on disk outlives us", .serialized)
  struct Lifetime {
    /// Whether the second ENI answers from the internet and from the primary's subnet.
    private func answers(_ scene: Scene) throws -> Bool {
      let address = try #require(IPAddress("10.0.1.10"))
      let subnet = try #require(IPPrefix("10.0.0.0/24"))
      return try scene.cloud.probeFromInternet(address).isLossless
        && scene.cloud.vpc.neighbor(in: subnet).namespace.probe(address).isLossless
    }

    private func waitUntilAnswering(_ scene: Scene) throws {
      try Condition.wait(until: "the second ENI answers", within: .seconds(30)) {
        try scene.cloud.probeFromInternet(try #require(IPAddress("10.0.1.10")), count: 1)
          .isLossless
      }
    }

    @Test("after a reboot udev names the ENI, and it answers before IMDS was asked")
    func rebootWithoutIMDS() throws {
      let scene = try Scene()
      try scene.plug(scene.second, as: "ens6")
      try scene.waitUntilRouted(scene.second)
      scene.cloud.imds.refuseConnections(for: .seconds(600))
      scene.cloud.imds.clearLog()
      try scene.reboot()
      try waitUntilAnswering(scene)
      #expect(try answers(scene))
      #expect(try scene.instance.check(["ip", "link", "show", "nic1"]).contains("group 10000"))
      #expect(scene.cloud.imds.log.isEmpty)
      #expect(try scene.cloud.vpc.dhcpPackets(of: scene.second.id).isEmpty)
    }

    @Test("without our program a reboot still brings the ENI up")
    func rebootWithoutProgram() throws {
      let scene = try Scene()
      try scene.plug(scene.second, as: "ens6")
      try scene.waitUntilRouted(scene.second)
      try scene.instance.removeProgram()
      try scene.reboot()
      try waitUntilAnswering(scene)
      #expect(try answers(scene))
      #expect(try scene.cloud.vpc.dhcpPackets(of: scene.second.id).isEmpty)
    }

    @Test("an ENI attached while the instance was off is held from the start, then configured")
    func attachedWhileOff() throws {
      let scene = try Scene()
      try scene.reboot()
      try scene.plug(scene.second, as: "ens6")
      try scene.waitUntilRouted(scene.second)
      #expect(try scene.cloud.vpc.dhcpPackets(of: scene.second.id).isEmpty)
    }

    @Test("an ENI that the image configured before the primary was known is taken over")
    func takenOver() throws {
      let scene = try Scene(isSecondPresent: true)
      try scene.waitUntilRouted(scene.second)
      try waitUntilAnswering(scene)
      #expect(try answers(scene))
      #expect(try scene.mainDefaultRoutes().contains("dev ens5"))
      #expect(try !scene.mainDefaultRoutes().contains("10.0.1.1"))
    }

    @Test("when the link goes, its rules go; the files when IMDS has agreed twice")
    func detach() throws {
      let scene = try Scene()
      try scene.plug(scene.second, as: "ens6")
      try scene.waitUntilRouted(scene.second)
      try scene.unplug(scene.second)
      try Condition.wait(until: "the rules are gone") {
        try !scene.instance.check(["ip", "rule"]).contains("10001")
      }
      try Condition.wait(until: "the ENI is forgotten", within: .seconds(60)) {
        try scene.instance.journal().contains("detached: forgotten")
      }
      let left = try scene.instance.check([
        "sh", "-c", "ls /etc/systemd/network/05-* /etc/iproute2/rt_tables.d/eni* 2>/dev/null; true",
      ])
      #expect(left.isEmpty, "\(left)")
      #expect(
        try scene.instance.run(["test", "-e", "\(scene.directory)/\(scene.second.mac)"]).status == 1)
    }

    @Test("another ENI in the same slot takes over name and files")
    func replaced() throws {
      let scene = try Scene()
      try scene.plug(scene.second, as: "ens6")
      try scene.waitUntilRouted(scene.second)
      try scene.unplug(scene.second)
      let successor = try SimulatedENI(
        mac: "02:00:00:00:00:77",
        device: 1,
        ipv4: .init("10.0.2.0/24", "10.0.2.20"))
      try scene.plug(successor, as: "ens7")
      try scene.waitUntilRouted(successor)
      let file = try scene.instance.check([
        "cat", "/etc/systemd/network/05-eni-init-nic1.network",
      ])
      #expect(file.contains("\(successor.mac)"))
      #expect(try scene.cloud.probeFromInternet(try #require(IPAddress("10.0.2.20"))).isLossless)
      #expect(try !scene.instance.check(["ip", "rule"]).contains("10.0.1.10"))
    }
  }
}
