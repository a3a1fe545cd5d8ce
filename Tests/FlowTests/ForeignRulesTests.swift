// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("Beside routing rules of an administrator", .serialized)
  struct ForeignRulesTests {
    /// A tunnel with a table of its own, and rules without a priority, as most guides write them.
    private static let tunnel = """
      set -e
      ip tuntap add dev tun1 mode tun
      ip address add 192.168.77.1/32 dev tun1
      ip link set tun1 up
      ip route add default dev tun1 table 100
      sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.ens5.rp_filter=0
      ip address add 10.0.0.11/32 dev ens5
      ip rule add from 10.0.0.11 lookup 100
      ip rule add from 10.0.0.50 lookup 100
      """

    /// The device by which the kernel sends a packet.
    private func device(_ packet: String, _ stage: Stage) throws -> String? {
      let words = try stage.shell("ip route get \(packet)").split(separator: " ")
      return words.firstIndex(of: "dev").map { String(words[$0 + 1]) }
    }

    /// What went through the tunnel before an ENI came, by row of the administrator's rules.
    static let tunneled = [
      "198.51.100.1 from 10.0.0.11", "198.51.100.1 from 10.0.0.50 iif ens5",
      "10.0.1.50 from 10.0.0.50 iif ens5",
    ]

    @Test("traffic of a tunnel stays in it when an ENI is attached, and the primary still replies")
    func tunnel() throws {
      // By itself networkd removes such rules at each reload, before and after an ENI comes.
      let stage = try Stage.withUs(image: .script)
      try stage.shell(Self.tunnel)
      for packet in Self.tunneled { #expect(try device(packet, stage) == "tun1", "\(packet)") }
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      for packet in Self.tunneled { #expect(try device(packet, stage) == "tun1", "\(packet)") }
      #expect(try device("10.0.1.50 from 10.0.0.10", stage) == "ens5")
      #expect(try device("10.0.1.50", stage) == "nic1")
      let neighbor = try stage.cloud.vpc.neighbor(in: try #require(stage.second.ipv4).subnet)
      let primary = try #require(stage.primary.ipv4?.addresses.first)
      #expect(try neighbor.namespace.probe(primary).isLossless)
    }

    @Test(
      "the rule of an earlier version goes after an upgrade, and no reply of the primary is lost"
    )
    func upgrade() throws {
      let stage = try Stage.routed()
      try stage.shell(
        """
        ip rule del priority 13200; ip rule add priority 13200 from 10.0.0.0/24 lookup main
        sed -i '/^To=10.0.1.0\\/24$/{N;/Table=254/d}' /etc/systemd/network/05-eni-init-nic1.network
        """
      )
      let neighbor = try stage.cloud.vpc.neighbor(in: try #require(stage.second.ipv4).subnet)
      let probe = try neighbor.namespace.startProbing(
        try #require(stage.primary.ipv4?.addresses.first),
        every: .milliseconds(10)
      )
      for _ in 1...2 { try stage.shell("eni-init refresh") }
      #expect(try probe.stop().isLossless)
      let rules = try stage.shell("ip -N rule").split(separator: "\n").filter {
        $0.hasPrefix("13200:")
      }
      let own = "13200:\tfrom 10.0.0.0/24 to 10.0.1.0/24 iif lo lookup 254"
      #expect(rules.count == 1 && rules.allSatisfy { $0.hasPrefix(own) }, "\(rules)")
      #expect(try stage.shell("eni-init refresh 2>&1; eni-init plan").isEmpty)
    }

    @Test("a subnet that holds the primary's takes nothing from it, and its own addresses answer")
    func overlap() throws {
      let stage = try Stage.withUs()
      let second = try SimulatedENI(
        mac: "02:00:00:00:00:06",
        device: 1,
        ipv4: .init("10.0.0.0/20", "10.0.4.10")
      )
      let packets = ["10.0.0.2", "10.0.0.50", "10.0.0.50 from 10.0.0.10", "10.0.3.7"]
      let before = try packets.map { try device($0, stage) }
      try stage.plug(second, as: "ens6")
      try stage.waitUntilRouted(second)
      #expect(try packets.map { try device($0, stage) } == before)
      #expect(try device("198.51.100.1 from 10.0.4.10", stage) == "nic1")
      #expect(try device("10.0.0.50 from 10.0.4.10", stage) == "nic1")
      #expect(try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.4.10"))).isLossless)
      #expect(try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.0.10"))).isLossless)
      #expect(
        try stage.shell("eni-init refresh 2>&1; eni-init plan; eni-init check")
          == "Nothing found: replies are symmetric.\n"
      )
    }
  }
}
