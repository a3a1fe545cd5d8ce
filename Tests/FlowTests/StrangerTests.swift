// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("Routes of other programs lead to a stranger", .serialized)
  struct StrangerTests {
    /// A route of another program to 169.254.169.254, by the link `by`.
    struct Detour: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let by: String
      let lines: String
    }

    static let detours = [
      Detour(
        testDescription: "a VPN that takes all, with the rules of wg-quick(8)",
        by: "wg0",
        lines: """
          ip address add 10.99.0.2/24 dev wg0
          ip route add default dev wg0 table 51820
          ip rule add not fwmark 51820 lookup 51820
          ip rule add lookup main suppress_prefixlength 0
          """
      ),
      Detour(
        testDescription: "a bridge of containers with 169.254.0.0/16",
        by: "br1",
        lines: "ip address add 169.254.7.1/16 dev br1"
      ),
    ]

    /// Puts a stranger behind a bridge of the instance who answers as IMDS, with an address of its own
    /// choice.
    private func admit(_ detour: Detour, to stage: Stage) throws -> IMDSServer {
      try Program(["ip", "-batch", "-"]).run(
        input: """
          link add stranger type veth peer name veth0 netns \(try #require(stage.instance.pid))
          link set stranger up
          address add 10.99.0.1/24 dev stranger
          address add 169.254.7.2/24 dev stranger

          """
      )
      try stage.shell(
        """
        ip link add \(detour.by) type bridge
        ip link set veth0 master \(detour.by) up
        ip link set \(detour.by) up
        \(detour.lines)
        """
      )
      let server = try IMDSServer(
        instance: SimulatedInstance(id: stage.instance.id),
        interfaces: [
          stage.primary,
          try SimulatedENI(
            mac: stage.second.mac.description,
            device: 1,
            ipv4: .init("10.0.1.0/24", "10.0.1.66")
          ),
        ],
        address: try #require(IPAddress("169.254.169.254"))
      )
      try Program(["nft", "-f", "-"]).run(
        input: """
          add table ip stranger
          add chain ip stranger input { type nat hook prerouting priority -100; }
          add rule ip stranger input iifname stranger tcp dport 80 dnat to 169.254.169.254:\(server.port)

          """
      )
      return server
    }

    private func dismiss(_ server: IMDSServer) throws {
      server.stop()
      try Program(["nft", "delete", "table", "ip", "stranger"]).run()
      try Program(["ip", "link", "delete", "stranger"]).run()
    }

    @Test("only the ENIs' links lead to IMDS", arguments: detours)
    func bound(detour: Detour) throws {
      let stage = try Stage.withUs()
      let stranger = try admit(detour, to: stage)
      defer { try? dismiss(stranger) }
      let way = try stage.shell("ip route get 169.254.169.254")
      #expect(way.contains("dev \(detour.by)"), "\(way)")
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      #expect(stranger.connectionCount == 0)
      // As the units run it, and as everybody may.
      let unit = "setpriv --bounding-set=-all,+net_admin --inh-caps=-all"
      let anybody = "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all"
      #expect(try stage.shell("\(unit) eni-init refresh 2>&1").isEmpty)
      for command in ["eni-init status", "\(anybody) eni-init status"] {
        let status = try stage.shell(command)
        #expect(status.contains("routed"), "\(command): \(status)")
      }
      #expect(try stage.shell("eni-init metrics").contains("eni_init_imds_up 1"))
      let check = try stage.instance.run(["eni-init", "check"])
      #expect(!check.output.contains("imds"), "\(check.output)")
      #expect(stranger.connectionCount == 0)
      #expect(try !stage.shell("ip address").contains("10.0.1.66"))
    }

    @Test("while the primary's link is down, IMDS is asked by the other ENI", arguments: detours)
    func primaryDown(detour: Detour) throws {
      let stage = try Stage.routed()
      let stranger = try admit(detour, to: stage)
      defer { try? dismiss(stranger) }
      try stage.shell("ip link set ens5 down")
      stage.cloud.imds.clearLog()
      print(try stage.shell("ip route get 169.254.169.254 oif nic1"))
      let run = try stage.instance.run(["eni-init", "refresh"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(stage.cloud.imds.count() > 0)
      #expect(stranger.connectionCount == 0)
    }
  }
}
