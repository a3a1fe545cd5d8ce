// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("What changed while the instance was stopped", .serialized)
  struct RebootTests {
    private func third(device: Int = 2) throws -> SimulatedENI {
      try SimulatedENI(
        mac: "02:00:00:00:00:07",
        device: device,
        ipv4: .init("10.0.2.0/24", "10.0.2.10")
      )
    }

    /// A stage with two ENIs beside the primary, routed.
    private func stage() throws -> Stage {
      let stage = try Stage.withUs()
      try stage.plug(stage.second, as: "ens6")
      try stage.plug(try third(), as: "ens7")
      try stage.waitUntilRouted(stage.second)
      try stage.waitUntilRouted(try third())
      return stage
    }

    /// That each address answers and is on the link of this name, without a packet of DHCP.
    private func expectAnswers(_ stage: Stage, _ links: [String: String]) throws {
      for (name, text) in links {
        let address = try #require(IPAddress(text))
        try Condition.wait(until: "\(text) answers on \(name)", within: .seconds(30)) {
          try stage.instance.run(["ip", "-o", "address", "show", "dev", name]).output.contains(text)
            && stage.cloud.probeFromInternet(address, count: 1).isLossless
        }
        let neighbor = try stage.cloud.vpc.neighbor(in: try #require(IPPrefix("10.0.0.0/24")))
        #expect(
          try neighbor.namespace.probe(address).isLossless,
          "\(text) from the primary's subnet"
        )
      }
      for eni in [stage.second, try third()] {
        #expect(try stage.cloud.vpc.dhcpPackets(of: eni.id).isEmpty)
        #expect(try stage.cloud.vpc.sourceCheckDrops(of: eni.id).total == 0)
      }
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
    }

    @Test(
      "the name by which netplan knows an ENI is one of its names, unless it is another's or one of ours",
      arguments: ["ens5", "nic3"]
    )
    func formerName(taken: String) throws {
      let stage = try stage()
      for (eni, name) in [(stage.second, "ens6"), (try third(), taken), (stage.primary, "ens4")] {
        try stage.instance.write(
          "/run/systemd/network/10-netplan-\(name).link",
          content: "[Match]\nPermanentMACAddress=\(eni.mac)\n\n[Link]\nName=\(name)\n"
        )
      }
      let before = try stage.shell("ip -o link show nic2; ip -o link show ens5")
      for _ in 1...2 { #expect(try stage.shell("eni-init boot 2>&1").isEmpty) }
      #expect(try stage.shell("ip -o link show ens6").contains(": nic1"))
      #expect(try stage.shell("ip -o link show nic2; ip -o link show ens5") == before)
      let override = try stage.shell("cat /run/netplan/zz-eni-init-names.yaml")
      #expect(override.contains("    \"ens6\":\n") && override.contains("set-name: \"nic1\"\n"))
      #expect(!override.contains("\(stage.primary.mac)"), "the primary keeps its name")
      #expect(try stage.shell("eni-init refresh 2>&1; eni-init check").hasPrefix("Nothing found"))
      #expect(try stage.shell("cat /run/netplan/zz-eni-init-names.yaml") == override)
    }

    @Test("two ENIs that changed places come up in their new ones")
    func exchanged() throws {
      let stage = try stage()
      var second = stage.second
      second.attachment = try #require(Attachment(networkCard: 0, deviceNumber: 2))
      try stage.cloud.update(second)
      try stage.cloud.update(try third(device: 1))
      try stage.reboot()
      try expectAnswers(stage, ["nic2": "10.0.1.10", "nic1": "10.0.2.10"])
      try stage.waitUntilIdle()
      let files = try stage.shell(
        "grep -h ^PermanentMAC /etc/systemd/network/05-* || true; "
          + "grep -h ^MACAddress /etc/systemd/network/05-*"
      )
      #expect(files == "MACAddress=02:00:00:00:00:07\nMACAddress=02:00:00:00:00:06\n", "\(files)")
      let rules = try stage.shell("ip -N rule")
      #expect(rules.contains("10001:\tfrom 10.0.2.10") && !rules.contains("10001:\tfrom 10.0.1."))
      try stage.reboot()
      try expectAnswers(stage, ["nic2": "10.0.1.10", "nic1": "10.0.2.10"])
    }

    @Test("an ENI that was detached while the instance was stopped is forgotten by the refresh")
    func detached() throws {
      let stage = try stage()
      try stage.unplug(stage.second)
      try stage.reboot()
      try expectAnswers(stage, ["nic2": "10.0.2.10"])
      try stage.waitUntilIdle()
      try stage.shell("eni-init refresh")
      let left = try stage.shell(
        "ls /etc/systemd/network /etc/iproute2/rt_tables.d \(stage.records)"
      )
      #expect(!left.contains("nic1") && !left.contains("\(stage.second.mac)"), "\(left)")
      #expect(try !stage.shell("ip -N rule").contains("10001:"))
    }

    @Test("one that was replaced by another in its slot leaves nothing")
    func replaced() throws {
      let stage = try stage()
      try stage.unplug(stage.second)
      let successor = try SimulatedENI(
        mac: "02:00:00:00:00:77",
        device: 1,
        ipv4: .init("10.0.3.0/24", "10.0.3.10")
      )
      try stage.plug(successor, as: "ens9")
      try stage.reboot()
      try expectAnswers(stage, ["nic1": "10.0.3.10", "nic2": "10.0.2.10"])
      #expect(try !stage.shell("ip -N rule").contains("10.0.1.10"))
    }

    @Test(
      "with IMDS turned off once the ENIs are known, each run after a reboot succeeds",
      arguments: [Fault.status(403), .reset]
    )
    func turnedOff(fault: Fault) throws {
      let stage = try stage()
      try stage.waitUntilIdle()
      stage.cloud.imds.fail(with: fault)
      try stage.shell(
        "sed -i 's/attach %i/attach --timeout 3 %i/' /usr/lib/systemd/system/eni-init-attach@.service"
      )
      try stage.reboot()
      try expectAnswers(stage, ["nic1": "10.0.1.10", "nic2": "10.0.2.10"])
      try stage.waitUntilIdle(within: .seconds(60))
      let journal = try stage.instance.journal()
      let ends = journal.split(separator: "\n").filter { $0.contains("attach@") }
      #expect(ends.count == 2 && ends.allSatisfy { $0.hasSuffix("status 0") }, "\(journal)")
      #expect(try stage.shell("ip -o link show nic1").contains("eni-00000020000000006"))
      // What is damaged is still a failure: nothing can be put right without metadata.
      try stage.shell("ip rule del priority 10001 from 10.0.1.10")
      let attach = ["eni-init", "attach", "--timeout", "1", "nic1"]
      #expect(try stage.instance.run(attach).status != 0)
    }

    @Test("an IMDS that is an hour late costs the boot nothing")
    func lateIMDS() throws {
      let stage = try stage()
      stage.cloud.imds.fail(with: .hang)
      try stage.reboot()
      try expectAnswers(stage, ["nic1": "10.0.1.10", "nic2": "10.0.2.10"])
    }
  }
}
