// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// The look that ends every test sees each change; and networkd removes rules by itself.
  @Suite("Beside the configuration of others", .serialized)
  struct ForeignConfigurationTests {
    private static let rule = "from 10.77.0.1 lookup vpn"

    /// Adds a rule as a program does that knows nothing of networkd.
    private func addRule(_ stage: Stage) throws {
      try stage.shell("ip rule add priority 9100 \(Self.rule)")
    }

    @Test("by itself networkd removes a rule that no file of its has, when a link comes")
    func removed() throws {
      let stage = try Stage.withoutUs()
      try addRule(stage)
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "networkd has removed it", within: .seconds(30)) {
        try !stage.shell("ip rule").contains(Self.rule)
      }
    }

    @Test("networkd that leaves foreign rules alone finds them after attach, refresh and detach")
    func kept() throws {
      let stage = try Stage.withUs { stage in
        try stage.instance.write(
          "/etc/systemd/networkd.conf.d/90-vpn.conf",
          content: "[Network]\nManageForeignRoutingPolicyRules=no\nManageForeignRoutes=no\n"
        )
      }
      try addRule(stage)
      let before = try stage.shell("ip rule; ip -6 rule")
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      for address in ["10.0.0.10", "10.0.1.10", "10.0.1.11"].compactMap({ IPAddress($0) }) {
        #expect(try stage.cloud.probeFromInternet(address).isLossless, "\(address)")
      }
      var less = stage.second
      less.ipv4 = try SimulatedENI.Block("10.0.1.0/24", "10.0.1.10").parsed()
      try stage.cloud.update(less)
      try stage.shell("eni-init refresh")
      #expect(try !stage.shell("ip rule").contains("10.0.1.11"))
      try stage.unplug(stage.second)
      try Condition.wait(until: "its rules are gone", within: .seconds(30)) {
        try stage.shell("ip rule; ip -6 rule") == before
      }
    }

    /// Changes, each with a part of what is reported of it.
    private static let changes = [
      ("ip link set docker0 mtu 1400", "gone: link docker0/mtu:1500"),
      ("ip link set br0 group 10000", "new: link br0/netdev_group:10000"),
      ("ip link set tun0 alias mine", "new: link tun0/ifalias:mine"),
      ("ip link property add dev br0 altname eni-1", "new: link altname eni-1"),
      ("ip link set veth7c3f1a2 nomaster", "gone: link master docker0"),
      ("ip address add 172.17.0.9/16 dev docker0", "new: address docker0 inet 172.17.0.9/16"),
      ("ip route del 10.99.0.0/16", "gone: route -4 10.99.0.0/16 dev tun0"),
      ("ip route del default table 200", "gone: route -4 default dev tun0 table 200"),
      ("ip rule del priority 9000", "gone: rule -4 9000:"),
      ("ip rule del from 10.8.0.2", "gone: rule -4 any:"),
      ("ip rule add priority 13500 from 10.0.1.0/24 lookup 200", "new: rule -4 13500:"),
      ("ip -6 rule del priority 5270", "gone: rule -6 5270:"),
      ("nft add rule ip nat DOCKER counter", "new: firewall"),
      ("sysctl -qw net.ipv4.conf.all.rp_filter=1", "new: setting ipv4/conf/all/rp_filter:1"),
      (
        "rm /etc/systemd/network/92-wlan0.network",
        "gone: file /etc/systemd/network/92-wlan0.network"
      ),
      ("chmod 600 /etc/iproute2/rt_tables.d/vpn.conf", "vpn.conf: mode 600"),
      // The same content, in another file.
      (
        "sed -i s/x/x/ /etc/sysctl.d/90-containers.conf",
        "new: file /etc/sysctl.d/90-containers.conf"
      ),
    ]

    @Test("each change in the configuration of others is seen")
    func seen() throws {
      // Neither networkd nor eni-init is to repair it before the look.
      let stage = try Stage(program: nil, image: .script)
      for (change, _) in Self.changes { try stage.shell(change) }
      let reports = Reports()
      Stage.$reportForeignChange.withValue(reports.add) { stage.close() }
      let report = reports.texts.joined()
      for (change, fragment) in Self.changes {
        #expect(report.contains(fragment), "\(change): \(report)")
      }
    }

    @Test("a kind that a test changes itself is not reported")
    func intended() throws {
      let stage = try Stage(program: nil, image: .script)
      stage.intendedForeignChanges = [.rule]
      try stage.shell("ip rule del priority 9000")
    }
  }

  /// What was reported.
  private final class Reports: @unchecked Sendable {
    private(set) var texts: [String] = []

    func add(_ text: String) { texts.append(text) }
  }
}
