// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// What an ENI that stays configured keeps.
  @Suite("An ENI keeps what it has", .serialized)
  struct Permanence {
    /// What keepalived and a routing daemon would add.
    private static let others = """
      ip address add 10.0.1.99/32 dev nic1
      ip -6 address add 2001:db8:1:1::99/128 dev nic1 nodad
      ip route add 192.0.2.0/24 via 10.0.1.1 dev nic1 table 10001 proto 42
      """

    private static func dual() throws -> SimulatedENI {
      var eni = try SimulatedENI.exampleSecond()
      eni.ipv6 = try SimulatedENI.Block("2001:db8:1:1::/64", "2001:db8:1:1::a").parsed()
      return eni
    }

    private func routed(_ image: StackTests.Image?) throws -> Stage {
      let stage = try Stage.withUs(image: image?.image ?? .networkd)
      let eni = try Self.dual()
      try stage.plug(eni, as: "ens6")
      try stage.waitUntilRouted(eni)
      try stage.shell(Self.others)
      return stage
    }

    /// What `before` has and the stage lacks now.
    private func lost(_ stage: Stage, since before: String) throws -> [Substring] {
      let lines = Set(try stage.state().split(separator: "\n"))
      return before.split(separator: "\n").filter { !lines.contains($0) }
    }

    /// What the kernel announces as deleted meanwhile.
    private func deleted(_ stage: Stage, _ work: () throws -> Void) throws -> [String] {
      try stage.shell(
        "ip -o monitor address route rule >/run/monitor 2>&1 & echo $! >/run/monitor.pid"
      )
      let mark = "198.51.100.0/24 dev lo table 99"
      try Condition.wait(until: "changes are seen") {
        try stage.shell("ip route add \(mark); ip route del \(mark); cat /run/monitor")
          .contains("198.51.100.0")
      }
      try work()
      return try stage.shell("kill $(cat /run/monitor.pid); cat /run/monitor").split(
        separator: "\n"
      )
      .map(String.init).filter { $0.hasPrefix("Deleted") && !$0.contains("198.51.100.0") }
    }

    /// Waits until the kernel, and networkd where it runs, see the link like this.
    private func waitForCarrier(_ stage: Stage, _ flag: String, _ state: String) throws {
      try Condition.wait(until: "\(flag), \(state)") {
        try stage.instance.run([
          "sh", "-c",
          """
          ip link show nic1 | grep -q \(flag) || exit 1
          test ! -e /run/systemd/netif/state || networkctl list nic1 | grep -q \(state)
          """,
        ]).status == 0
      }
    }

    private func expectRouted(_ stage: Stage) throws {
      for text in ["10.0.1.10", "2001:db8:1:1::a"] {
        let address = try #require(IPAddress(text))
        #expect(try stage.cloud.probeFromInternet(address).isLossless, "\(text)")
      }
    }

    @Test(
      "without carrier for a moment it loses nothing, ours or of others",
      arguments: [nil] + StackTests.images.map { Optional($0) }
    )
    func carrier(_ image: StackTests.Image?) throws {
      let stage = try routed(image)
      let before = try stage.state()
      let deleted = try deleted(stage) {
        try stage.cloud.vpc.setCarrier(of: stage.second.id, false)
        try waitForCarrier(stage, "NO-CARRIER", "no-carrier")
        try stage.cloud.vpc.setCarrier(of: stage.second.id, true)
        try waitForCarrier(stage, "LOWER_UP", "routable")
      }
      #expect(deleted.isEmpty)
      #expect(try lost(stage, since: before).isEmpty)
      try expectRouted(stage)
    }

    @Test("when networkd is restarted it loses no packet and nothing of others")
    func restart() throws {
      let stage = try routed(nil)
      let before = try stage.state()
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.1.10")),
        every: .milliseconds(10)
      )
      try stage.instance.restartNetworkd()
      try Condition.wait(until: "networkd has the link again") {
        try stage.shell("networkctl list nic1").contains("configured")
      }
      #expect(try probe.stop().isLossless)
      // networkd asks for the primary's IPv6 lease anew.
      try Condition.wait(until: "nothing is lost", within: .seconds(30)) {
        try lost(stage, since: before).isEmpty
      }
      try expectRouted(stage)
    }

    @Test("a change of its file takes out what the file no longer has, and nothing of others")
    func reload() throws {
      let stage = try routed(nil)
      try stage.shell(
        """
        sed -i 's/10.0.1.11/10.0.1.12/' /etc/systemd/network/05-eni-init-nic1.network
        networkctl reload
        """
      )
      try Condition.wait(until: "networkd has read it") {
        try stage.shell("ip address show dev nic1").contains("10.0.1.12/32")
      }
      let state = try stage.state()
      #expect(!state.contains("10.0.1.11/32") && state.contains("10.0.1.99/32"), "\(state)")
      #expect(state.contains("192.0.2.0/24"), "\(state)")
    }
  }
}
