// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("Many ENIs", .serialized)
  struct ManyTests {
    /// An ENI with a MAC and an address that end in `number`.
    private func eni(
      _ number: Int,
      card: Int = 0,
      device: Int,
      subnet: Int = 1
    ) throws -> SimulatedENI {
      try SimulatedENI(
        mac: "02:00:00:00:00:" + (number < 16 ? "0" : "") + String(number, radix: 16),
        device: device,
        card: card,
        ipv4: .init("10.0.\(subnet).0/24", "10.0.\(subnet).\(number)")
      )
    }

    /// Each is routed, has this name, and answers from everywhere by its own port.
    private func expectRouted(_ stage: Stage, _ enis: [(SimulatedENI, String)]) throws {
      for (eni, name) in enis {
        try stage.waitUntilRouted(eni, within: .seconds(60))
        #expect(try stage.status(of: eni)?.contains(" \(name) ") ?? false, "\(name)")
      }
      for (eni, name) in enis {
        let address = try #require(eni.ipv4?.addresses.first)
        #expect(try stage.cloud.probeFromInternet(address).isLossless, "\(name)")
        for subnet in ["10.0.0.0/24", "10.0.1.0/24"] {
          let neighbor = try stage.cloud.vpc.neighbor(in: try #require(IPPrefix(subnet)))
          #expect(try neighbor.namespace.probe(address).isLossless, "\(name) from \(subnet)")
        }
      }
      for (eni, name) in enis {
        #expect(try stage.cloud.vpc.sourceCheckDrops(of: eni.id).total == 0, "\(name)")
        #expect(try stage.cloud.vpc.dhcpPackets(of: eni.id).isEmpty, "\(name)")
      }
      #expect(try stage.cloud.vpc.sourceCheckDrops(of: stage.primary.id).total == 0)
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
    }

    @Test(
      "two in one subnet, one in the primary's, and all cards' index pairs: each replies itself"
    )
    func slots() throws {
      let stage = try Stage.withUs()
      let enis = [
        (try eni(0x21, device: 1), "nic1"), (try eni(0x22, device: 2), "nic2"),
        (try eni(0x23, device: 3, subnet: 0), "nic3"),
        (try eni(0x24, card: 1, device: 0), "nic0c1"),
        (try eni(0x25, card: 1, device: 1), "nic1c1"),
        (try eni(0x26, card: 31, device: 1), "nic1c31"),
      ]
      for (position, (eni, _)) in enis.enumerated() {
        try stage.plug(eni, as: "ens\(10 + position)")
      }
      try expectRouted(stage, enis)
    }

    @Test("fourteen plugged in at once, in any order, come up as they are numbered")
    func fourteen() throws {
      let stage = try Stage.withUs()
      let devices = [9, 3, 14, 1, 6, 12, 2, 11, 5, 8, 13, 4, 10, 7]
      let enis = try devices.map { (try eni(0x40 + $0, device: $0), "nic\($0)") }
      for (eni, name) in enis { try stage.plug(eni, as: "ens10" + name.dropFirst(3)) }
      try expectRouted(stage, enis)
      let before = try stage.state()
      stage.cloud.imds.clearLog()
      let said = try stage.instance.run(["eni-init", "refresh"])
      #expect(said.status == 0 && said.errors.isEmpty, "\(said)")
      #expect(stage.cloud.imds.log.count <= 1 + 8 * 15)
      #expect(try stage.state() == before)
    }

    @Test("runs of all kinds at once do not get into each other's way")
    func concurrency() throws {
      let stage = try Stage.withUs()
      let enis = try (1...3).map { (try eni(0x30 + $0, device: $0), "nic\($0)") }
      for (eni, name) in enis { try stage.plug(eni, as: "ens" + name.dropFirst(3) + "0") }
      try stage.shell(
        """
        for turn in 1 2 3; do
          for run in 'refresh' 'detach' 'attach ens5' 'attach \(enis[0].0.mac)' 'status' 'plan'; do
            eni-init $run >/run/out.$turn 2>&1 || echo "$run: $?" >>/run/failed &
          done
        done
        """
      )
      try stage.waitUntilIdle(within: .seconds(60))
      try expectRouted(stage, enis)
      let failed = try stage.shell("cat /run/failed /run/out.* 2>/dev/null || true")
      #expect(!failed.contains(": 7") && !failed.contains(": 8"), "\(failed)")
    }

    @Test("a driver that is reloaded finds its ENI as it was, and no other ENI notices")
    func driverReload() throws {
      let stage = try Stage.withUs()
      let other = try eni(0x31, device: 2, subnet: 2)
      try stage.plug(stage.second, as: "ens6")
      try stage.plug(other, as: "ens7")
      try stage.waitUntilRouted(stage.second)
      try stage.waitUntilRouted(other)
      let address = try #require(other.ipv4?.addresses.first)
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(address)
      // What IMDS lists stays, since nothing was detached.
      try stage.cloud.vpc.detach(stage.second.id)
      try stage.cloud.vpc.attach(
        stage.second,
        to: .namespace(
          .pid(try #require(stage.instance.pid)),
          kernelName: try #require(InterfaceName("ens6"))
        )
      )
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.status(of: stage.second)?.contains("nic1") ?? false)
      #expect(try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.1.10"))).isLossless)
      #expect(try probe.stop().isLossless)
      #expect(try !stage.instance.journal().contains("forgotten"))
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test("an ENI that IMDS goes on listing loses its rules at once, and its files only with it")
    func forcedDetach() throws {
      let stage = try Stage.routed()
      // The device goes; the metadata stay, as after a forced detach.
      try stage.cloud.vpc.detach(stage.second.id)
      try Condition.wait(until: "the rules are gone", within: .seconds(10)) {
        try !stage.shell("ip -N rule").contains("10001:")
      }
      try stage.shell("eni-init refresh")
      #expect(try stage.shell("ls /etc/systemd/network").contains("05-eni-init-nic1.network"))
      stage.cloud.imds.detach(stage.second.mac)
      try stage.shell("eni-init refresh")
      #expect(try !stage.shell("ls /etc/systemd/network").contains("nic1"))
    }

    @Test("an ENI in an IPv6-only subnet answers, and router advertisements change nothing")
    func ipv6Only() throws {
      let stage = try Stage.withUs()
      let eni = try SimulatedENI(
        mac: "02:00:00:00:00:39",
        device: 1,
        ipv6: .init("2001:db8:9::/64", "2001:db8:9::a", prefixes: ["2001:db8:9:0:1::/80"])
      )
      try stage.plug(eni, as: "ens6")
      try stage.waitUntilRouted(eni)
      let address = try #require(IPAddress("2001:db8:9::a"))
      #expect(try stage.cloud.probeFromInternet(address).isLossless)
      #expect(try stage.shell("ip -6 rule").contains("from 2001:db8:9:0:1::/80 lookup"))
      // The link-local address, the kernel's own, is tentative for a second.
      try Condition.wait(until: "no address is tentative") {
        try stage.shell("ip -6 address show dev nic1 tentative").isEmpty
      }
      let routes = try stage.shell("ip -6 route show table main; ip -6 address show dev nic1")
      try stage.cloud.vpc.advertiseRouter(to: eni.id)
      #expect(try stage.cloud.probeFromInternet(address).isLossless)
      let after = try stage.shell("ip -6 route show table main; ip -6 address show dev nic1")
      #expect(after == routes)
      #expect(try stage.cloud.vpc.sourceCheckDrops(of: eni.id).total == 0)
      #expect(try stage.cloud.vpc.dhcpPackets(of: eni.id).isEmpty)
    }

    @Test("an ENI that is unplugged while its attach waits leaves nothing and no error")
    func unpluggedMeanwhile() throws {
      let stage = try Stage.withUs()
      var late = stage.second
      late.timeline = late.timeline.listed(after: .seconds(600))
      try stage.plug(late, as: "ens6")
      try Condition.wait(until: "the attach waits") {
        try stage.instance.journal().contains("waiting: IMDS does not list it")
      }
      try stage.unplug(late)
      try Condition.wait(until: "the attach has ended", within: .seconds(10)) {
        try stage.instance.journal().contains("went away while it was being attached")
      }
      try stage.waitUntilIdle()
      #expect(try !stage.instance.journal().contains("<3>"))
      #expect(try !stage.shell("ls /etc/systemd/network; ip rule").contains("1000"))
    }
  }
}
