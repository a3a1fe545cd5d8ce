// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("Addresses come and go", .serialized)
  struct RefreshTests {
    /// The second ENI with these IPv4 addresses and prefixes.
    private func second(_ addresses: [String], prefixes: [String] = []) throws -> SimulatedENI {
      var eni = try SimulatedENI.exampleSecond()
      eni.ipv4 = try Self.part("10.0.1.0/24", addresses, prefixes)
      return eni
    }

    private static func part(
      _ subnet: String,
      _ addresses: [String],
      _ prefixes: [String] = []
    ) throws -> NetworkInterface.Addresses? {
      NetworkInterface.Addresses(
        subnet: try #require(IPPrefix(subnet)),
        addresses: addresses.compactMap { IPAddress($0) },
        delegatedPrefixes: prefixes.compactMap { IPPrefix($0) }
      )
    }

    private func answers(_ stage: Stage, _ address: String) throws -> Bool {
      try stage.cloud.probeFromInternet(try #require(IPAddress(address))).isLossless
    }

    private func file(_ stage: Stage) throws -> String {
      try stage.shell("cat /etc/systemd/network/05-eni-init-nic1.network")
    }

    @Test("a rule of ours that is planned no more goes when two readings agree")
    func formerRule() throws {
      let stage = try Stage.routed()
      // As an earlier version had it.
      try stage.shell(
        "ip rule del priority 13201; ip rule add priority 13201 to 10.0.1.0/24 lookup 10001"
      )
      try stage.shell("eni-init refresh")
      let rules = try stage.shell("ip rule").split(separator: "\n").filter { $0.contains("13201") }
      #expect(rules.count == 1 && rules.allSatisfy { $0.contains("iif lo") }, "\(rules)")
      #expect(try stage.shell("eni-init refresh 2>&1").isEmpty)
    }

    @Test(
      "what a DHCP client has left ends, and the primary answers the ENI's subnet again",
      arguments: ["refresh", "attach nic1"]
    )
    func formerClient(command: String) throws {
      let stage = try Stage.routed()
      // As cloud-init has dhcpcd do it, for each ENI at each boot; then it ends the client.
      try stage.shell(
        """
        ip address replace 10.0.1.10/24 dev nic1 noprefixroute valid_lft 900 preferred_lft 900
        ip route add 10.0.1.0/24 dev nic1 metric 1003 src 10.0.1.10 proto dhcp
        ip route add default via 10.0.1.1 dev nic1 metric 1003 src 10.0.1.10 proto dhcp
        ip route add 198.18.0.0/15 via 10.0.1.1 dev nic1
        """
      )
      let neighbor = try stage.cloud.vpc.neighbor(in: try #require(stage.second.ipv4).subnet)
      let primary = try #require(stage.primary.ipv4?.addresses.first)
      #expect(try neighbor.namespace.probe(primary).replies == 0, "as the issue has it")
      try stage.shell("eni-init \(command)")
      #expect(try neighbor.namespace.probe(primary).isLossless)
      #expect(try stage.shell("ip route show table main dev nic1 proto dhcp").isEmpty)
      #expect(try stage.shell("ip route show 198.18.0.0/15").contains("nic1"), "an administrator's")
      #expect(try stage.shell("ip -o address show dev nic1 dynamic").isEmpty)
      #expect(try stage.shell("eni-init refresh 2>&1; eni-init check").hasPrefix("Nothing found"))
    }

    @Test("nothing is written, changed or said when nothing has changed")
    func unchanged() throws {
      let stage = try Stage.routed()
      let before = try stage.state()
      let said = try stage.instance.run(["eni-init", "refresh"])
      #expect(said.status == 0 && said.output.isEmpty && said.errors.isEmpty, "\(said)")
      #expect(try stage.state() == before)
    }

    @Test("an address that comes answers, one that goes is withdrawn, and the others lose nothing")
    func addresses() throws {
      let stage = try Stage.routed()
      let routes = try stage.mainDefaultRoutes()
      let probes = try ["10.0.0.10", "10.0.1.10"].map {
        try stage.cloud.vpc.internet.namespace.startProbing(
          try #require(IPAddress($0)),
          every: .milliseconds(10)
        )
      }
      try stage.cloud.update(try second(["10.0.1.10", "10.0.1.12"], prefixes: ["10.0.1.64/28"]))
      try stage.shell("eni-init refresh")
      #expect(try answers(stage, "10.0.1.12"))
      let rules = try stage.shell("ip rule")
      #expect(!rules.contains("10.0.1.11"))
      #expect(rules.contains("from 10.0.1.64/28 lookup"))
      #expect(try !stage.shell("ip address show nic1").contains("10.0.1.11"))
      let file = try file(stage)
      #expect(file.contains("10.0.1.12/32") && !file.contains("10.0.1.11"))
      for probe in probes { #expect(try probe.stop().isLossless) }
      #expect(try stage.mainDefaultRoutes() == routes)

      let state = try stage.state()
      let said = try stage.instance.run(["eni-init", "refresh"])
      #expect(said.status == 0 && said.errors.isEmpty, "\(said)")
      #expect(try stage.state() == state)
      try stage.reboot()
      try Condition.wait(until: "the ENI answers", within: .seconds(30)) {
        try answers(stage, "10.0.1.12") && answers(stage, "10.0.1.10")
      }
    }

    @Test("an ENI that IMDS does not answer for keeps what it has, and the others change")
    func oneUnread() throws {
      let stage = try Stage.routed()
      let third = try SimulatedENI(
        mac: "02:00:00:00:00:07",
        device: 2,
        ipv4: .init("10.0.2.0/24", "10.0.2.10")
      )
      try stage.plug(third, as: "ens7")
      try stage.waitUntilRouted(third)
      stage.cloud.imds.fail(
        "latest/meta-data/network/interfaces/macs/\(third.mac)",
        with: .status(503)
      )
      try stage.cloud.update(try second(["10.0.1.10", "10.0.1.12"]))
      let refresh = try stage.instance.run(["eni-init", "refresh"])
      #expect(refresh.status == 75 && refresh.errors.contains("\(third.mac)"), "\(refresh)")
      #expect(try answers(stage, "10.0.1.12") && answers(stage, "10.0.2.10"))
      // Its second reading agreed, so the address that is gone was withdrawn.
      #expect(try !stage.shell("ip address show nic1; ip rule").contains("10.0.1.11"))
    }

    @Test(
      "what one reading lacks and the next one has again is never gone",
      arguments: ["10.0.1.10\n", "10.0.1.11\n"]
    )
    func flicker(only: String) throws {
      let stage = try Stage.routed()
      let state = try stage.state()
      let path = "meta-data/network/interfaces/macs/\(stage.second.mac)/local-ipv4s"
      stage.cloud.imds.fail("latest/" + path, with: .body(only), for: .times(1))
      let said = try stage.instance.run(["eni-init", "refresh"])
      #expect(said.status == 0 && said.errors.isEmpty, "\(said)")
      #expect(try stage.state() == state)
    }

    @Test("a reading that fails removes nothing and is an error", arguments: [403, 404, 503])
    func failed(status: Int) throws {
      let stage = try Stage.routed()
      let state = try stage.state()
      stage.cloud.imds.fail("latest/meta-data/network", with: .status(status))
      let said = try stage.instance.run(["eni-init", "refresh", "--timeout", "3"])
      #expect(said.status != 0)
      #expect(try stage.state() == state)
    }

    @Test("the primary gets its secondary addresses now and at the next boot, its lease untouched")
    func primary() throws {
      let stage = try Stage.routed()
      var primary = stage.primary
      primary.ipv4 = try Self.part("10.0.0.0/24", ["10.0.0.10", "10.0.0.20", "10.0.0.21"])
      let routes = try stage.mainDefaultRoutes()
      let leases = try stage.cloud.vpc.dhcpPackets(of: primary.id).count { $0.family == .ipv4 }
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.0.10")),
        every: .milliseconds(10)
      )
      try stage.cloud.update(primary)
      try stage.shell("eni-init refresh")
      #expect(try answers(stage, "10.0.0.20") && answers(stage, "10.0.0.21"))

      primary.ipv4 = try Self.part("10.0.0.0/24", ["10.0.0.10", "10.0.0.21"])
      try stage.cloud.update(primary)
      try stage.shell("eni-init refresh")
      #expect(try !stage.shell("ip address show ens5").contains("10.0.0.20"))
      #expect(try answers(stage, "10.0.0.21"))
      #expect(try probe.stop().isLossless)
      #expect(try stage.mainDefaultRoutes() == routes)
      #expect(
        try stage.cloud.vpc.dhcpPackets(of: primary.id).count { $0.family == .ipv4 } == leases
      )

      try stage.instance.removeProgram()
      try stage.reboot()
      #expect(try answers(stage, "10.0.0.21"))
      #expect(try !stage.shell("ip address show ens5").contains("10.0.0.20"))
    }

    @Test("of several IPv6 addresses the primary is given those that its lease is not")
    func primaryLease() throws {
      let stage = try Stage.routed()
      var primary = stage.primary
      // A lease has no order of addresses, so it need not be the first.
      primary.ipv6 = try Self.part("2001:db8:1::/64", ["2001:db8:1::b", "2001:db8:1::10"])
      try stage.cloud.update(primary)
      try stage.shell("eni-init refresh")
      let addresses = try stage.shell("ip -o -6 address show dev ens5")
      #expect(addresses.contains("2001:db8:1::b/128") && addresses.contains("2001:db8:1::10/128"))
      let dropIn = "cat /etc/systemd/network/*.network.d/eni-init-primary.conf"
      let written = try stage.shell(dropIn)
      #expect(written.contains("=2001:db8:1::b/128") && !written.contains("2001:db8:1::10"))
      let state = try stage.state()
      try stage.shell("eni-init refresh")
      #expect(try stage.state() == state)
    }

    @Test("IPv6 addresses that come beside another are no source of what the host opens")
    func sources() throws {
      let stage = try Stage.withUs()
      var primary = stage.primary
      primary.ipv6 = try Self.part("2001:db8:1::/64", ["2001:db8:1::10", "2001:db8:1::b"])
      try stage.cloud.update(primary)
      let source = "ip -6 route get 2001:db8:ffff::10 | grep -o 'src [^ ]*'"
      #expect(try stage.shell(source) == "src 2001:db8:1::10\n")
      try stage.shell("eni-init refresh")
      #expect(try stage.shell("ip -6 address show dev ens5").contains("2001:db8:1::b/128"))
      #expect(try stage.shell(source) == "src 2001:db8:1::10\n")
      #expect(try answers(stage, "2001:db8:1::b"))
      // As an earlier version left it.
      try stage.shell("ip address replace 2001:db8:1::b/128 dev ens5 noprefixroute")
      try stage.shell("eni-init refresh")
      #expect(try stage.shell(source) == "src 2001:db8:1::10\n")
      let state = try stage.state()
      #expect(try stage.shell("eni-init refresh 2>&1").isEmpty)
      #expect(try stage.state() == state)

      var eni = stage.second
      eni.ipv6 = try Self.part("2001:db8:1:1::/64", ["2001:db8:1:1::b", "2001:db8:1:1::a"])
      try stage.plug(eni, as: "ens6")
      try stage.waitUntilRouted(eni)
      let own = "ip -6 -o address show dev nic1 scope global -deprecated | grep -o '2001[^ ]*'"
      #expect(try stage.shell(own) == "2001:db8:1:1::b/64\n")
      #expect(try answers(stage, "2001:db8:1:1::a") && answers(stage, "2001:db8:1:1::b"))
      eni.ipv6 = try Self.part("2001:db8:1:1::/64", ["2001:db8:1:1::a"])
      try stage.cloud.update(eni)
      try stage.shell("eni-init refresh")
      #expect(try stage.shell(own) == "2001:db8:1:1::a/64\n")
      #expect(try stage.shell("eni-init refresh 2>&1; eni-init plan").isEmpty)
    }

    @Test(
      "an ENI that is plugged in after the primary's file was written costs the primary nothing"
    )
    func hotPlugAfterPrimary() throws {
      let stage = try Stage.withUs()
      var primary = stage.primary
      primary.ipv4 = try Self.part("10.0.0.0/24", ["10.0.0.10", "10.0.0.20"])
      try stage.cloud.update(primary)
      try stage.shell("eni-init refresh")
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.0.10")),
        every: .milliseconds(10)
      )
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      #expect(try answers(stage, "10.0.1.10") && answers(stage, "10.0.0.20"))
      #expect(try probe.stop().isLossless)
    }

    @Test("what networkd removes of an ENI that it does not know is put back when another goes")
    func repair() throws {
      let stage = try Stage.routed()
      let third = try SimulatedENI(
        mac: "02:00:00:00:00:07",
        device: 2,
        ipv4: .init("10.0.2.0/24", "10.0.2.10")
      )
      // A file of another link is newer than networkd's last look, so the third stays foreign to it.
      try stage.shell("cd /etc/systemd/network; cp 80-dhcp.network new; mv new 80-dhcp.network")
      try stage.plug(third, as: "ens7")
      try stage.waitUntilRouted(third)
      #expect(try stage.shell("networkctl list nic2").contains("unmanaged"))
      try stage.shell("ip rule del priority 10002")
      try stage.unplug(stage.second)
      try Condition.wait(until: "the rule is back", within: .seconds(30)) {
        try stage.shell("ip -N rule").contains("10002:\tfrom 10.0.2.10 lookup 10002")
      }
      #expect(try answers(stage, "10.0.2.10"))
    }

    @Test("the MTU follows the primary's, in the kernel and on disk")
    func mtu() throws {
      let stage = try Stage.routed()
      try stage.shell("ip link set ens5 mtu 1300")
      try stage.shell("eni-init refresh")
      #expect(try stage.shell("cat /sys/class/net/nic1/mtu") == "1300\n")
      #expect(try file(stage).contains("MTUBytes=1300"))
    }

    @Test("IPv6 that is assigned to a live ENI answers, and goes again without a trace")
    func ipv6() throws {
      let plain = try SimulatedENI.plainSecond()
      let stage = try Stage.routed { $0 = plain }
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.1.10")),
        every: .milliseconds(10)
      )
      try stage.cloud.update(stage.second)
      try stage.shell("eni-init refresh")
      #expect(try answers(stage, "2001:db8:1:1::10") && answers(stage, "2001:db8:1:1::11"))
      try stage.cloud.update(plain)
      try stage.shell("eni-init refresh")
      #expect(try !stage.shell("ip -6 rule; ip -6 address").contains("2001:db8:1:1:"))
      #expect(try !file(stage).contains("2001:db8"))
      #expect(try probe.stop().isLossless)
    }

    @Test("IPv6 addresses may come in any order, and the first of them may go")
    func ipv6Order() throws {
      let stage = try Stage.routed()
      var eni = try second(["10.0.1.10", "10.0.1.11"])
      let orders = [["10", "11"], ["11", "10"], ["12", "11", "10"], ["11", "10"], ["10"]]
      for order in orders {
        let addresses = order.map { "2001:db8:1:1::\($0)" }
        eni.ipv6 = try Self.part("2001:db8:1:1::/64", addresses)
        try stage.cloud.update(eni)
        try stage.shell("eni-init refresh")
        for address in addresses { #expect(try answers(stage, address), "\(order)") }
        let rules = try stage.shell("ip -6 rule").split(separator: "\n")
        #expect(
          rules.filter { $0.contains("from 2001:db8:1:1::1") }.count == order.count,
          "\(order)"
        )
      }
    }

    @Test("a link that udev has missed is announced again, and then configured")
    func lostEvent() throws {
      let stage = try Stage.withUs()
      try stage.instance.restartUdevd { try stage.plug(stage.second, as: "ens6") }
      // An ENI is hardware; the veth that stands for it is known by the mark alone.
      try stage.shell("ip link set ens6 group 10000")
      let line = try stage.shell("eni-init status | grep ' ens6 '")
      #expect(line.contains("  held: it is not configured yet; "), "\(line)")
      try stage.shell("eni-init refresh")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }
  }
}
