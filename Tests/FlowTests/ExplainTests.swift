// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("Why a reply takes its way", .serialized)
  struct ExplainTests {
    private func routed() throws -> Stage {
      try Stage.routed()
    }

    @Test("by the rules that the kernel goes through, found by address or Elastic IP")
    func address() throws {
      let stage = try routed()
      let told = try stage.shell("eni-init explain 10.0.1.10")
      for line in [
        "10.0.1.10 is on nic1 (\(stage.second.id), network card 0, device number 1), Elastic IP 198.51.100.20.",
        "A reply to 192.0.2.1 leaves by nic1 to the router 10.0.1.1: the ENI that the request came in by.",
        "A reply to 10.0.0.4 leaves by nic1 to the router 10.0.1.1: the ENI that the request came in by.",
        "leaves by an ENI (group 10000), passed over",
        "no more than a default route, passed over",
        "ip route: default via 10.0.1.1 dev nic1 table 10001 proto 169: taken",
      ] { #expect(told.contains(line), "\(line): \(told)") }
      #expect(try stage.shell("eni-init explain 198.51.100.20") == told)
      let ipv6 = try stage.shell("eni-init explain 2001:db8:1:1::10 to 2001:db8::5")
      #expect(ipv6.contains("leaves by nic1 to the router fe80:ec2::1"), "\(ipv6)")
      let local = try stage.shell("eni-init explain 10.0.1.10 to 10.0.0.10")
      #expect(local.contains("stays on this host"), "\(local)")
    }

    @Test("and when it is the wrong way, the rule that is to blame")
    func wrongWay() throws {
      let stage = try routed()
      try stage.shell("ip rule add priority 100 from 10.0.1.10 lookup main")
      let told = try stage.shell("eni-init explain 10.0.1.10 to 192.0.2.1")
      #expect(told.contains("leaves by ens5 to the router 10.0.0.1: not the ENI"), "\(told)")
      #expect(told.contains("ip rule: priority 100 from 10.0.1.10/32 lookup main\n"), "\(told)")
      try stage.shell("ip rule add priority 99 from 10.0.1.10 uidrange 0-0 lookup 77")
      try stage.shell("ip route add default dev nic1 table 77")
      let hidden = try stage.shell("eni-init explain 10.0.1.10 to 192.0.2.1")
      #expect(hidden.contains("The kernel says table 77"), "\(hidden)")
    }

    @Test("which facts have become which lines, and which of them are not in force")
    func interface() throws {
      let stage = try routed()
      let told = try stage.shell("eni-init explain nic1")
      for line in [
        "IMDS: network-card 0, device-number 1\n  name nic1, table 10001, rule priority 10001\n",
        "IMDS: local-ipv4s 10.0.1.11\n  ip address add 10.0.1.11/32 dev nic1 noprefixroute\n"
          + "  ip rule add priority 10001 from 10.0.1.11/32 lookup 10001\n",
        "  /etc/systemd/network/05-eni-init-nic1.network\n",
      ] { #expect(told.contains(line), "\(line): \(told)") }
      #expect(!told.contains("not in force"))
      try stage.shell("ip rule del from 10.0.1.11")
      let broken = try stage.shell("eni-init explain \(stage.second.id)")
      #expect(broken.contains("from 10.0.1.11/32 lookup 10001   (not in force)"), "\(broken)")
      #expect(try stage.shell("eni-init explain ens5").contains("The primary is left to the image"))
    }

    @Test("what is not there is said, with what to do")
    func nothing() throws {
      let stage = try routed()
      for subject in [
        "10.9.9.9", "nic7", "10.0.1.10 to nic1", "nic1 to 10.0.0.1", "10.0.1.10 from 10.0.0.1",
      ] {
        let result = try stage.instance.run(["sh", "-c", "eni-init explain \(subject)"])
        #expect(result.status == 64, "\(subject): \(result)")
        #expect(result.output.isEmpty && !result.errors.isEmpty, "\(subject)")
      }
    }
  }
}
