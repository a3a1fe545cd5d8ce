// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel
import Testing

@testable import EC2Simulator

/// These need a network namespace of their own for the whole process:
/// `unshare --net --mount --pid --fork --mount-proc swift test --filter VPC`.
@Suite("VPC", .serialized)
struct VPCTests {
  /// Runs a test in a fresh VPC, and takes it down again so that the next one can be made.
  private func withVPC(_ body: (VPCFixture) throws -> Void) throws {
    let fixture = try VPCFixture()
    defer { #expect(throws: Never.self) { try fixture.vpc.tearDown() } }
    try body(fixture)
  }

  @Test(
    "a reply that leaves by the right ENI passes the source check",
    arguments: ["10.0.2.7", "2001:db8:1:2::7"]
  )
  func rightSource(_ target: String) throws {
    try withVPC { fixture in
      try fixture.addPolicyRouting()
      #expect(try fixture.vpc.internet.namespace.probe(try address(target)).replies == 3)
      #expect(try fixture.drops(fixture.primary).total == 0)
      #expect(try fixture.drops(fixture.secondary).total == 0)
    }
  }

  @Test("a reply that leaves by the wrong ENI is dropped and counted")
  func wrongSource() throws {
    try withVPC { fixture in
      let internet = fixture.vpc.internet.namespace
      #expect(try internet.probe(try address("10.0.1.5")).replies == 3)
      let report = try internet.probe(try address("10.0.2.7"), timeout: .milliseconds(300))
      #expect(report.replies == 0 && report.lost == [1, 2, 3])
      #expect(try fixture.drops(fixture.primary).ipv4 >= 3)
      let sixth = try internet.probe(try address("2001:db8:1:2::7"), timeout: .milliseconds(300))
      #expect(sixth.replies == 0)
      #expect(try fixture.drops(fixture.primary).ipv6 >= 3)
      #expect(try fixture.drops(fixture.secondary).total == 0)
    }
  }

  @Test("ARP with a foreign sender is dropped and counted, and so is a foreign MAC")
  func foreignARP() throws {
    try withVPC { fixture in
      try fixture.instance.namespace.ip(["address add 10.0.1.99/24 dev eth0"])
      let report = try fixture.instance.namespace.probe(
        try address("10.0.1.1"),
        from: try address("10.0.1.99"),
        count: 1,
        timeout: .milliseconds(300)
      )
      #expect(report.replies == 0)
      #expect(try fixture.drops(fixture.primary).arp > 0)
      try fixture.instance.namespace.ip([
        "address delete 10.0.1.99/24 dev eth0", "link set eth1 address 02:00:00:00:99:99",
        "neighbour flush all",
      ])
      _ = try fixture.instance.namespace.probe(
        try address("10.0.2.1"),
        count: 1,
        timeout: .milliseconds(300)
      )
      #expect(try fixture.drops(fixture.secondary).mac > 0)
    }
  }

  @Test("an address of the subnet that nobody has does not answer ARP")
  func unassigned() throws {
    try withVPC { fixture in
      let report = try fixture.instance.namespace.probe(
        try address("10.0.1.77"),
        count: 1,
        timeout: .milliseconds(300)
      )
      #expect(report.replies == 0)
      #expect(!(try fixture.run("ip neighbour show 10.0.1.77").contains("lladdr")))
    }
  }

  @Test("the neighbour in each subnet is reachable both ways", arguments: [true, false])
  func neighbor(_ isOutgoing: Bool) throws {
    try withVPC { fixture in
      try fixture.addPolicyRouting()
      for eni in [fixture.primary, fixture.secondary] {
        for part in eni.interface.families {
          let host = try fixture.vpc.neighbor(in: part.subnet)
          let theirs = try #require(host.addresses.first)
          let ours = try #require(part.addresses.first)
          let report =
            try isOutgoing
            ? fixture.instance.namespace.probe(theirs, from: ours) : host.namespace.probe(ours)
          #expect(report.replies == 3, "\(host) and \(ours)")
        }
      }
      #expect(try fixture.drops(fixture.primary).total == 0)
    }
  }

  @Test("the internet host is reachable from the instance, and from a neighbour")
  func internet() throws {
    try withVPC { fixture in
      let subnet = try #require(fixture.primary.ipv4?.subnet)
      let hosts = [fixture.instance, try fixture.vpc.neighbor(in: subnet)]
      for host in hosts {
        #expect(try host.namespace.probe(try address("203.0.113.10")).replies == 3, "\(host)")
      }
      let report = try fixture.instance.namespace.probe(try address("2001:db8:ffff::10"))
      #expect(report.replies == 3)
    }
  }

  @Test("IMDS answers the instance", arguments: ["169.254.169.254", "fd00:ec2::254"])
  func metadata(_ server: String) throws {
    try withVPC { fixture in
      let server = try IMDSServer(
        instance: try Scenario.instance(),
        interfaces: [fixture.primary],
        address: try address(server),
        port: 80
      )
      defer { server.stop() }
      let path = "\(server.endpoint)/latest/meta-data/mac"
      let status = try fixture.run("curl -sg -m 5 -o /dev/null -w %{http_code} \(path)")
      #expect(status == "401")
      #expect(server.count("GET", "latest/meta-data/mac") == 1)
    }
  }

  @Test("DHCP is answered as EC2 does, and counted as seen on the wire")
  func dhcp() throws {
    try withVPC { fixture in
      let id = fixture.primary.id
      #expect(try fixture.vpc.dhcpPackets(of: id).isEmpty)
      let lease = NSTemporaryDirectory() + "lease-\(UUID().uuidString)"
      defer { _ = try? FileManager.default.removeItem(atPath: lease) }
      let words = ["dhclient", "-4", "-d", "-sf", "/bin/true", "-lf", lease, "-pf", lease + ".pid"]
      let client = try fixture.instance.namespace.program(words + ["eth0"]).start()
      defer { client.kill() }
      try Condition.wait(until: "a lease", within: .seconds(20)) {
        let text = (try? String(contentsOfFile: lease, encoding: .utf8)) ?? ""
        return ["fixed-address 10.0.1.5;", "routers 10.0.1.1;", "interface-mtu 9001;"]
          .allSatisfy(text.contains)
      }
      let packets = try fixture.vpc.dhcpPackets(of: id)
      #expect(packets.map(\.messageType).contains(1) && packets.map(\.messageType).contains(3))
      #expect(packets.allSatisfy { $0.family == .ipv4 })
      #expect(try fixture.vpc.dhcpPackets(of: fixture.secondary.id).isEmpty)
    }
  }

  @Test("router solicitations and DHCPv6 are answered as EC2 answers them")
  func dhcpv6() throws {
    try withVPC { fixture in
      let host = fixture.instance
      try fixture.run("ip -6 route del default")
      try fixture.run("sysctl -qw net.ipv6.conf.eth0.accept_ra=2")
      // The kernel solicits a router when the link comes up.
      try host.namespace.ip(["link set eth0 down", "link set eth0 up"])
      try Condition.wait(until: "a default route by advertisement", within: .seconds(20)) {
        try fixture.run("ip -6 route show default").contains("via fe80:ec2::1 dev eth0 proto ra")
      }
      let lease = NSTemporaryDirectory() + "lease-\(UUID().uuidString)"
      defer { _ = try? FileManager.default.removeItem(atPath: lease) }
      let words = ["dhclient", "-6", "-d", "-sf", "/bin/true", "-lf", lease, "-pf", lease + ".pid"]
      let client = try host.namespace.program(words + ["eth0"]).start()
      defer { client.kill() }
      try Condition.wait(until: "a lease", within: .seconds(20)) {
        let text = (try? String(contentsOfFile: lease, encoding: .utf8)) ?? ""
        return ["iaaddr 2001:db8:1:1::5 {", "preferred-life 140;", "max-life 450;"]
          .allSatisfy(text.contains)
      }
      let types = try fixture.vpc.dhcpPackets(of: fixture.primary.id).map(\.messageType)
      #expect(types.contains(1) && types.contains(3), "solicit and request: \(types)")
    }
  }

  @Test("a public address leads to its private one, both ways, as long as it is mapped")
  func publicAddresses() throws {
    try withVPC { fixture in
      try fixture.addPolicyRouting()
      var eni = fixture.secondary
      let mapped = try address("198.51.100.7")
      let internet = fixture.vpc.internet.namespace
      #expect(try internet.probe(mapped, count: 1, timeout: .milliseconds(300)).replies == 0)
      eni.publicAddresses = [try PublicAddress("198.51.100.7", for: "10.0.2.7")]
      try fixture.vpc.update(eni)
      #expect(try internet.probe(mapped).replies == 3)
      try fixture.run("ping -c 1 -W 1 -I 10.0.2.7 203.0.113.10")
      let drops = try fixture.drops(fixture.secondary).total + fixture.drops(fixture.primary).total
      #expect(drops == 0)
      eni.publicAddresses = []
      try fixture.vpc.update(eni)
      #expect(try internet.probe(mapped, count: 1, timeout: .milliseconds(300)).replies == 0)
    }
  }

  @Test("DHCP that nobody answers is counted too, DHCPv6 as well")
  func silentDHCP() throws {
    try withVPC { fixture in
      let id = fixture.secondary.id
      try fixture.vpc.answerDHCP(of: id, false)
      for family in ["-4", "-6"] {
        let words = ["dhclient", family, "-d", "-sf", "/bin/true", "-lf", "/dev/null"]
        let client = try fixture.instance.namespace.program(words + ["eth1"]).start()
        defer { client.kill() }
        try Condition.wait(until: "a DHCP packet (\(family))", within: .seconds(20)) {
          try fixture.vpc.dhcpPackets(of: id)
            .contains { $0.family == (family == "-4" ? .ipv4 : .ipv6) && $0.messageType == 1 }
        }
      }
      #expect(try fixture.vpc.dhcpPackets(of: fixture.primary.id).isEmpty)
    }
  }

  @Test("an ENI is unplugged and plugged again; the primary loses no probe; its counts stay")
  func hotplug() throws {
    try withVPC { fixture in
      let probe = try fixture.vpc.internet.namespace.startProbing(
        try address("10.0.1.5"),
        every: .milliseconds(20)
      )
      try Condition.wait(until: "replies") { try probe.replies() > 5 }
      try fixture.vpc.detach(fixture.secondary.id)
      #expect(throws: ProgramFailure.self) { try fixture.run("ip link show eth1") }
      #expect(try fixture.drops(fixture.secondary).total == 0)
      #expect(throws: VPCError.notAttached(fixture.secondary.id)) {
        try fixture.vpc.detach(fixture.secondary.id)
      }
      try fixture.attach(fixture.secondary, "ens6")
      #expect(try fixture.run("ip link show ens6").contains(Scenario.secondaryMAC))
      #expect(throws: VPCError.attachedTwice(fixture.secondary.id)) {
        try fixture.attach(fixture.secondary, "ens7")
      }
      let report = try probe.stop()
      #expect(report.isLossless, "\(report)")
    }
  }

  @Test("addresses and prefixes can be given and taken; routes and source check follow")
  func update() throws {
    try withVPC { fixture in
      let internet = fixture.vpc.internet.namespace
      try fixture.instance.namespace.ip([
        "address add 10.0.1.6/32 dev eth0", "address add 10.0.1.17/32 dev eth0",
      ])
      var eni = fixture.primary
      let isReachable = { (text: String) in
        try internet.probe(try address(text), count: 1, timeout: .milliseconds(300)).replies == 1
      }
      #expect(try !isReachable("10.0.1.6"))
      let block = SimulatedENI.Block(
        "10.0.1.0/24",
        "10.0.1.5",
        "10.0.1.6",
        prefixes: ["10.0.1.16/28"]
      )
      eni.ipv4 = try block.parsed()
      try fixture.vpc.update(eni)
      #expect(try isReachable("10.0.1.6") && isReachable("10.0.1.17") && isReachable("10.0.1.5"))
      #expect(try fixture.drops(eni).total == 0)
      try fixture.vpc.update(fixture.primary)
      #expect(try !isReachable("10.0.1.6") && !isReachable("10.0.1.17"))
      let outgoing = try fixture.instance.namespace.probe(
        try address("203.0.113.10"),
        from: try address("10.0.1.6"),
        count: 1,
        timeout: .milliseconds(300)
      )
      #expect(outgoing.replies == 0)
      #expect(try fixture.drops(eni).ipv4 >= 1)
    }
  }

  @Test("a port can be a tap for a virtual machine")
  func tap() throws {
    try withVPC { fixture in
      let eni = try SimulatedENI(
        mac: "02:00:00:00:03:09",
        device: 2,
        ipv4: .init("10.0.3.0/24", "10.0.3.9")
      )
      try fixture.vpc.attach(eni, to: .tap(try #require(InterfaceName("tap2"))))
      #expect(try Program(["ip", "-d", "link", "show", "tap2"]).run().contains("tun type tap"))
      #expect(try fixture.vpc.device(of: eni.id) == "tap2")
      try fixture.vpc.detach(eni.id)
      #expect(throws: ProgramFailure.self) { try Program(["ip", "link", "show", "tap2"]).run() }
    }
  }

  @Test("a namespace with links of somebody else is refused, with the way to run it")
  func refusal() throws {
    // Only where it does no harm: this fails, like all of the suite, in a shared namespace.
    try VirtualPrivateCloud().tearDown()
    try Program(["ip", "link", "add", "other", "type", "veth", "peer", "name", "rehto"]).run()
    defer { #expect(throws: Never.self) { try Program(["ip", "link", "del", "other"]).run() } }
    let error = #expect(throws: VPCError.self) { try VirtualPrivateCloud() }
    guard case .namespaceIsShared(let links) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(Set(links) == ["other", "rehto"])
    #expect("\(VPCError.namespaceIsShared(links: links))".contains("unshare --net"))
  }
}
