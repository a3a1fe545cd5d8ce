// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

/// All flow tests share one network namespace, so they run one after another.
@Suite("The whole flow, with real udevd and networkd", .serialized, .leavesOthersAlone)
struct FlowTests {}

extension FlowTests {
  @Suite("An ENI is hot-plugged", .serialized)
  struct HotPlug {
    @Test("without eni-init an address stops answering, and DHCP has been on the second ENI")
    func without() throws {
      let stage = try Stage.withoutUs()
      let neighbor = try stage.cloud.vpc.neighbor(in: try #require(IPPrefix("10.0.0.0/24")))
      let second = try #require(IPAddress("10.0.1.10"))
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "the second ENI has an address", within: .seconds(30)) {
        try stage.instance.check(["ip", "-o", "-4", "address", "show"]).contains("10.0.1.10")
      }
      // Main's route to the primary's subnet takes the reply out of the primary.
      #expect(try neighbor.namespace.probe(second).replies == 0)
      #expect(try stage.cloud.vpc.sourceCheckDrops(of: stage.primary.id).total > 0)
      // Two defaults in main: one of the two addresses is cut off from the internet.
      let primary = try #require(IPAddress("10.0.0.10"))
      let answering = try [primary, second].filter {
        try stage.cloud.probeFromInternet($0).replies > 0
      }
      #expect(answering.count == 1)
      #expect(try !stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test("with eni-init it is named, on disk, routed; no DHCP, and main is as it was")
    func with() throws {
      let stage = try Stage.withUs()
      let routes = try stage.mainDefaultRoutes()
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.0.10"))
      )
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)

      for text in ["10.0.1.10", "10.0.1.11"] {
        let address = try #require(IPAddress(text))
        let report = try stage.cloud.probeFromInternet(address)
        #expect(report.isLossless, "\(text): \(report)")
        for subnet in ["10.0.0.0/24", "10.0.1.0/24"] {
          let neighbor = try stage.cloud.vpc.neighbor(in: try #require(IPPrefix(subnet)))
          #expect(try neighbor.namespace.probe(address).isLossless, "\(text) from \(subnet)")
        }
      }
      // And the other way round: the primary, from where the second one is.
      let neighbor = try stage.cloud.vpc.neighbor(in: try #require(IPPrefix("10.0.1.0/24")))
      let primary = try #require(IPAddress("10.0.0.10"))
      #expect(try neighbor.namespace.probe(primary).isLossless)
      // What this host opens by itself goes the short way.
      let way = try stage.shell("ip route get 10.0.1.77; ip route get 10.0.0.77")
      #expect(way.contains("10.0.1.77 dev nic1") && way.contains("src 10.0.1.10"))
      #expect(way.contains("10.0.0.77 dev ens5") && way.contains("src 10.0.0.10"))
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
      for eni in [stage.primary, stage.second] {
        let drops = try stage.cloud.vpc.sourceCheckDrops(of: eni.id)
        #expect(drops.total == 0, "\(eni.id): \(drops)")
      }
      #expect(try stage.mainDefaultRoutes() == routes)
      #expect(try probe.stop().isLossless, "the primary answered all the time")

      let link = try stage.instance.check(["ip", "link", "show", "nic1"])
      #expect(link.contains("altname \(stage.second.id)"))
      #expect(link.contains("altname device-number-1.0"))
      #expect(link.contains("mtu 9001"), "the primary's MTU, which DHCP would have told")
      #expect(link.contains("group 10000"))
      let route = try stage.instance.check(["ip", "route", "show", "table", "nic1"])
      #expect(route.contains("default via 10.0.1.1 dev nic1"), "the table has a name: \(route)")
    }

    @Test("a dual-stack ENI with prefixes on another card answers in both families")
    func dualStack() throws {
      let stage = try Stage.withUs()
      let eni = try SimulatedENI(
        mac: "02:00:00:00:00:09",
        device: 1,
        card: 3,
        ipv4: .init("10.0.3.0/24", "10.0.3.10", prefixes: ["10.0.3.16/28"]),
        ipv6: .init(
          "2001:db8:1:3::/64",
          "2001:db8:1:3::a",
          "2001:db8:1:3::b",
          prefixes: ["2001:db8:1:3:5::/80"]
        )
      )
      try stage.plug(eni, as: "ens9")
      try stage.waitUntilRouted(eni)
      for text in ["10.0.3.10", "2001:db8:1:3::a", "2001:db8:1:3::b"] {
        let address = try #require(IPAddress(text))
        #expect(try stage.cloud.probeFromInternet(address).isLossless, "\(text)")
      }
      let rules = try stage.shell("ip rule; ip -6 rule")
      for rule in [
        "10301:\tfrom 10.0.3.16/28 lookup nic1c3", "10301:\tfrom 2001:db8:1:3:5::/80 lookup nic1c3",
      ] {
        #expect(rules.contains(rule), "\(rules)")
      }
      #expect(try stage.cloud.vpc.dhcpPackets(of: eni.id).isEmpty)
      #expect(try stage.cloud.vpc.sourceCheckDrops(of: eni.id).total == 0)
      #expect(try stage.instance.check(["eni-init", "plan"]).isEmpty)
    }

    @Test(
      "an attach of an ENI with IPv4 alone needs 9 requests on one connection, and one child process"
    )
    func budget() throws {
      let stage = try Stage.withUs()
      let eni = try SimulatedENI.plainSecond()
      stage.cloud.imds.clearLog()
      let connections = stage.cloud.imds.connectionCount
      try stage.plug(eni, as: "ens6")
      try stage.waitUntilRouted(eni)
      #expect(stage.cloud.imds.log.count <= 9, "\(stage.cloud.imds.log.map(\.path))")
      #expect(stage.cloud.imds.connectionCount - connections == 1)
      #expect(stage.cloud.imds.log.allSatisfy { $0.userAgent.hasPrefix("eni-init/") })
    }

    @Test("a second run changes nothing, writes nothing, starts nothing and says nothing")
    func twice() throws {
      let stage = try Stage.routed()
      let before = try stage.state()
      let trace = try stage.instance.run([
        "strace", "-f", "-qq", "-e", "trace=execve,clone,clone3,vfork,rename,renameat,renameat2",
        "-o", "/run/trace", "eni-init", "attach", "nic1",
      ])
      #expect(trace.status == 0)
      #expect(trace.output.isEmpty && trace.errors.isEmpty, "\(trace)")
      #expect(try stage.state() == before)
      let calls = try stage.instance.check(["cat", "/run/trace"]).split(separator: "\n")
      #expect(calls.count == 1, "only the program's own execve: \(calls)")
      #expect(try stage.instance.check(["eni-init", "plan"]).isEmpty)
    }

    @Test("when a reload would cost the primary its lease, the ENI is configured without one")
    func rewrittenFiles() throws {
      let stage = try Stage.withUs()
      // As after a daemon-reload with netplan: the same content in a file that is newer than
      // networkd's start.
      try stage.shell("cd /etc/systemd/network; cp 80-dhcp.network new; mv new 80-dhcp.network")
      let primary = try #require(IPAddress("10.0.0.10"))
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(primary)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      let second = try #require(IPAddress("10.0.1.10"))
      #expect(try stage.cloud.probeFromInternet(second).isLossless)
      #expect(try probe.stop().isLossless, "the primary answered all the time")
      #expect(try stage.instance.journal().contains("nic1 is configured by netlink until"))
      let again = try stage.instance.run(["eni-init", "attach", "nic1"])
      #expect(again.status == 0 && again.errors.isEmpty, "a second run: \(again)")
      try addAddress("10.0.1.12", to: stage)
      #expect(try stage.shell("networkctl list nic1").contains("unmanaged"))
      try expectAdvertisementsIgnored(stage)
      try stage.instance.check(["networkctl", "reload"])
      try Condition.wait(until: "networkd has taken the ENI over") {
        try stage.shell("networkctl list nic1").contains("configured")
      }
      #expect(try stage.cloud.probeFromInternet(second).isLossless)
    }

    /// Each is what a host has after its administrator prepared the next boot.
    @Test(
      "a file that is staged for the next boot, or gone, costs the primary neither lease nor packets",
      arguments: [
        ("cp /srv/static 00-static.network", "00-static.network has changed"),
        ("mv /srv/static 00-static.network", "00-static.network has changed"),
        ("ln -s /dev/null 00-static.network", "00-static.network has changed"),
        ("rm 80-dhcp.network", "80-dhcp.network is gone"),
      ]
    )
    func stagedFiles(work: String, reason: String) throws {
      let stage = try Stage.withUs()
      let routes = try stage.mainDefaultRoutes()
      try stage.instance.write(
        "/srv/static",
        content: "[Match]\nName=ens5\n\n[Network]\nAddress=10.0.0.99/24\n"
      )
      try stage.shell("touch -d yesterday /srv/static; cd /etc/systemd/network && \(work)")
      let primary = try #require(IPAddress("10.0.0.10"))
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(primary)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      let second = try #require(IPAddress("10.0.1.10"))
      #expect(try stage.cloud.probeFromInternet(second).isLossless)
      #expect(try probe.stop().isLossless, "the primary answered all the time")
      #expect(try stage.mainDefaultRoutes() == routes)
      let journal = try stage.instance.journal()
      #expect(journal.contains(reason), "\(journal)")
    }

    @Test(
      "networkd's own DHCP client on an ENI is no reason for a reload that the primary would pay for"
    )
    func holdUnread() throws {
      let stage = try Stage.withoutUs()
      try stage.instance.write(
        "/etc/systemd/network/00-static.network",
        content: "[Match]\nName=ens5\n\n[Network]\nAddress=10.0.0.99/24\n"
      )
      try stage.instance.installPackage(program: BuiltProduct.path("eni-init"))
      try stage.markAsHardware("ens5")
      let said = try stage.shell("udevadm control --reload; eni-init arm 2>&1")
      #expect(said.contains("00-static.network has changed"), "\(said)")
      let primary = try #require(IPAddress("10.0.0.10"))
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(primary)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      let second = try #require(IPAddress("10.0.1.10"))
      #expect(try stage.cloud.probeFromInternet(second).isLossless)
      #expect(try probe.stop().isLossless, "the primary answered all the time")
    }

    @Test("an attach that fails after a file was staged is undone without a reload")
    func undoneBesideStagedFile() throws {
      let stage = try Stage.withUs()
      // networkd keeps the link down, so no address comes.
      try stage.instance.write(
        "/etc/systemd/network/05-eni-init-nic1.network.d/down.conf",
        content: "[Link]\nActivationPolicy=always-down\n"
      )
      let primary = try #require(IPAddress("10.0.0.10"))
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(primary)
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "networkd has taken the ENI over") {
        try stage.instance.run(["networkctl", "status", "nic1"]).output
          .contains("05-eni-init-nic1.network")
      }
      try stage.instance.write(
        "/etc/systemd/network/00-static.network",
        content: "[Match]\nName=ens5\n\n[Network]\nAddress=10.0.0.99/24\n"
      )
      do {
        try Condition.wait(until: "it is undone", within: .seconds(30)) {
          try stage.instance.journal().contains("the ENI is held again")
        }
      } catch {
        throw Condition.Unmet("\(error)\n\(try stage.state())\(try stage.instance.journal())")
      }
      let link = try stage.shell("ip address show dev nic1; ip rule")
      #expect(!link.contains("10.0.1.10") && link.contains("state DOWN"), "\(link)")
      #expect(try probe.stop().isLossless, "the primary answered all the time")
    }

    /// A network manager does it for its own links only, and another tool may undo it.
    private func expectAdvertisementsIgnored(_ stage: Stage) throws {
      // As tools for containers set it on every link of a host that forwards.
      try stage.shell("echo 2 >/proc/sys/net/ipv6/conf/nic1/accept_ra")
      try stage.cloud.vpc.advertiseRouter(to: stage.second.id)
      try Condition.wait(until: "the advertisement has come") {
        try !stage.shell("grep InRouterAdvertisements /proc/net/dev_snmp6/nic1").hasSuffix("\t0\n")
      }
      #expect(try stage.shell("ip -6 route show default dev nic1").isEmpty)
    }

    @Test("a DHCP client that an administrator's drop-in starts undoes nothing")
    func clientByDropIn() throws {
      let stage = try Stage.withUs()
      try stage.instance.write(
        "/etc/systemd/network/05-eni-init-nic1.network.d/dns.conf",
        content: "[Network]\nDHCP=ipv4\n\n[DHCPv4]\nUseGateway=no\n"
      )
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try Condition.wait(until: "its client has asked for a lease") {
        try !stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty
      }
      for _ in 1...3 { try stage.shell("eni-init refresh") }
      let ends = try stage.instance.journal().split(separator: "\n").filter {
        $0.hasPrefix("eni-init-") && $0.contains(": status ")
      }
      #expect(!ends.isEmpty && ends.allSatisfy { $0.hasSuffix(": status 0") }, "\(ends)")
      let second = try #require(IPAddress("10.0.1.10"))
      #expect(try stage.cloud.probeFromInternet(second).isLossless)
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
    }

    @Test("an address that is assigned later is added by a run, and the others lose no packet")
    func laterAddress() throws {
      let stage = try Stage.routed()
      try addAddress("10.0.1.12", to: stage)
      #expect(
        try stage.shell("cat /etc/systemd/network/05-eni-init-nic1.network")
          .contains("Address=10.0.1.12/32")
      )
    }

    /// Assigns an address to the second ENI, runs eni-init, and expects that nothing is lost.
    private func addAddress(_ text: String, to stage: Stage) throws {
      let first = try #require(IPAddress("10.0.1.10"))
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(first)
      let eni = try SimulatedENI(
        mac: stage.second.mac.description,
        device: 1,
        ipv4: .init("10.0.1.0/24", "10.0.1.10", "10.0.1.11", text)
      )
      stage.cloud.imds.change(eni.mac) { $0 = eni }
      try stage.cloud.vpc.update(eni)
      let run = try stage.instance.run(["eni-init", "attach", "nic1"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(try stage.cloud.probeFromInternet(try #require(IPAddress(text))).isLossless)
      #expect(try probe.stop().isLossless, "\(first) answered all the time")
    }

    @Test("plan shows the files and the commands, and changes nothing")
    func plan() throws {
      let stage = try Stage.withUs()
      // A MAC that IMDS does not list yet keeps the attach waiting.
      var late = stage.second
      late.timeline = late.timeline.listed(after: .seconds(600))
      try stage.plug(late, as: "ens6")
      try Condition.wait(until: "the attach waits for IMDS") {
        try stage.instance.journal().contains("waiting: IMDS does not list it")
      }
      try stage.instance.check(["pkill", "-9", "eni-init"])
      try stage.waitUntilIdle()
      stage.cloud.imds.change(late.mac) { $0.timeline = MetadataTimeline() }
      let before = try stage.state()
      let plan = try stage.instance.check(["eni-init", "plan"])
      #expect(plan.contains("+++ /etc/systemd/network/05-eni-init-nic1.network"))
      #expect(plan.contains("+Address=10.0.1.10/24"))
      #expect(plan.contains("ip link set dev ens6 name nic1"))
      #expect(plan.contains("ip rule add priority 10001 from 10.0.1.11/32 lookup 10001"))
      #expect(try stage.state() == before)
    }
  }
}
