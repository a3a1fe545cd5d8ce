// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

/// All flow tests share one network namespace, so they run one after another.
@Suite("The whole flow, with real udevd and networkd", .serialized)
struct FlowTests {}

extension FlowTests {
  @Suite("An ENI is hot-plugged", .serialized)
  struct HotPlug {
    @Test("without eni-init an address stops answering, and DHCP has been on the second ENI")
    func without() throws {
      let scene = try Scene(installed: false)
      let neighbor = try scene.cloud.vpc.neighbor(in: try #require(IPPrefix("10.0.0.0/24")))
      let second = try #require(IPAddress("10.0.1.10"))
      try scene.plug(scene.second, as: "ens6")
      try Condition.wait(until: "the second ENI has an address", within: .seconds(30)) {
        try scene.instance.check(["ip", "-o", "-4", "address", "show"]).contains("10.0.1.10")
      }
      // Main's route to the primary's subnet takes the reply out of the primary.
      #expect(try neighbor.namespace.probe(second).replies == 0)
      #expect(try scene.cloud.vpc.sourceCheckDrops(of: scene.primary.id).total > 0)
      // Two defaults in main: one of the two addresses is cut off from the internet.
      let primary = try #require(IPAddress("10.0.0.10"))
      let answering = try [primary, second].filter {
        try scene.cloud.probeFromInternet($0).replies > 0
      }
      #expect(answering.count == 1)
      #expect(try !scene.cloud.vpc.dhcpPackets(of: scene.second.id).isEmpty)
    }

    @Test("with eni-init it is named, on disk, routed; no DHCP, and main is as it was")
    func with() throws {
      let scene = try Scene()
      let routes = try scene.mainDefaultRoutes()
      let probe = try scene.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.0.10")))
      try scene.plug(scene.second, as: "ens6")
      try scene.waitUntilRouted(scene.second)

      for text in ["10.0.1.10", "10.0.1.11"] {
        let address = try #require(IPAddress(text))
        let report = try scene.cloud.probeFromInternet(address)
        #expect(report.isLossless, "\(text): \(report)")
        for subnet in ["10.0.0.0/24", "10.0.1.0/24"] {
          let neighbor = try scene.cloud.vpc.neighbor(in: try #require(IPPrefix(subnet)))
          #expect(try neighbor.namespace.probe(address).isLossless, "\(text) from \(subnet)")
        }
      }
      #expect(try scene.cloud.vpc.dhcpPackets(of: scene.second.id).isEmpty)
      for eni in [scene.primary, scene.second] {
        let drops = try scene.cloud.vpc.sourceCheckDrops(of: eni.id)
        #expect(drops.total == 0, "\(eni.id): \(drops)")
      }
      #expect(try scene.mainDefaultRoutes() == routes)
      #expect(try probe.stop().isLossless, "the primary answered all the time")

      let link = try scene.instance.check(["ip", "link", "show", "nic1"])
      #expect(link.contains("altname \(scene.second.id)"))
      #expect(link.contains("altname device-number-1.0"))
      #expect(link.contains("mtu 9001"), "the primary's MTU, which DHCP would have told")
      #expect(link.contains("group 10000"))
      let route = try scene.instance.check(["ip", "route", "show", "table", "nic1"])
      #expect(route.contains("default via 10.0.1.1 dev nic1"), "the table has a name: \(route)")
    }

    @Test("an attach needs 8 requests on one connection, and one child process")
    func budget() throws {
      let scene = try Scene()
      scene.cloud.imds.clearLog()
      let connections = scene.cloud.imds.connectionCount
      try scene.plug(scene.second, as: "ens6")
      try scene.waitUntilRouted(scene.second)
      #expect(scene.cloud.imds.log.count <= 8, "\(scene.cloud.imds.log.map(\.path))")
      #expect(scene.cloud.imds.connectionCount - connections == 1)
      #expect(scene.cloud.imds.log.allSatisfy { $0.userAgent.hasPrefix("eni-init/") })
    }

    @Test("a second run changes nothing, writes nothing, starts nothing and says nothing")
    func twice() throws {
      let scene = try Scene()
      try scene.plug(scene.second, as: "ens6")
      try scene.waitUntilRouted(scene.second)
      let before = try scene.state()
      let trace = try scene.instance.run([
        "strace", "-f", "-qq", "-e", "trace=execve,clone,clone3,vfork,rename,renameat,renameat2",
        "-o", "/run/trace", "eni-init", "attach", "nic1",
      ])
      #expect(trace.status == 0)
      #expect(trace.output.isEmpty && trace.errors.isEmpty, "\(trace)")
      #expect(try scene.state() == before)
      let calls = try scene.instance.check(["cat", "/run/trace"]).split(separator: "\n")
      #expect(calls.count == 1, "only the program's own execve: \(calls)")
      #expect(try scene.instance.check(["eni-init", "plan"]).isEmpty)
    }

    @Test("plan shows the files and the commands, and changes nothing")
    func plan() throws {
      let scene = try Scene()
      // A MAC that IMDS does not list yet keeps the attach waiting.
      var late = scene.second
      late.timeline = late.timeline.listed(after: .seconds(600))
      try scene.plug(late, as: "ens6")
      try Condition.wait(until: "the attach waits for IMDS") {
        try scene.instance.journal().contains("waiting: IMDS does not list it")
      }
      try scene.instance.check(["pkill", "-9", "eni-init"])
      try scene.waitUntilIdle()
      scene.cloud.imds.change(late.mac) { $0.timeline = MetadataTimeline() }
      let before = try scene.state()
      let plan = try scene.instance.check(["eni-init", "plan"])
      #expect(plan.contains("+++ /etc/systemd/network/05-eni-init-nic1.network"))
      #expect(plan.contains("+Address=10.0.1.10/24"))
      #expect(plan.contains("ip link set dev ens6 name nic1"))
      #expect(plan.contains("ip rule add priority 10001 from 10.0.1.11/32 lookup 10001"))
      #expect(try scene.state() == before)
    }
  }
}
