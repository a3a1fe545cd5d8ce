// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("What is said and kept of an ENI's life", .serialized)
  struct HistoryTests {
    /// A stage with journald.
    private func stage() throws -> Stage {
      let stage = try Stage.withUs()
      try stage.instance.startJournald()
      return stage
    }

    /// The messages with fields, as journald has them.
    private func messages(_ stage: Stage, _ match: String = "") throws -> [[String: Any]] {
      try stage.shell(
        "journalctl --sync; journalctl -q -o json SYSLOG_IDENTIFIER=eni-init \(match)"
      )
      .split(separator: "\n").compactMap {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    }

    private func events(_ stage: Stage, _ match: String = "") throws -> [String] {
      try messages(stage, match).compactMap { $0["EVENT"] as? String }
    }

    /// The events of `eni-init history`, without their times and messages.
    private func history(_ stage: Stage, _ words: String) throws -> [String] {
      try stage.shell("eni-init history \(words)").split(separator: "\n").compactMap {
        $0.split(separator: " ").dropFirst().first.map(String.init)
      }
    }

    /// Runs a command as a unit does.
    private func unit(_ stage: Stage, _ command: String) throws {
      try stage.shell("systemctl start eni-init-\(command).service")
    }

    @Test("an ENI is configured, changed, detached and forgotten, and nothing is said twice")
    func life() throws {
      let stage = try stage()
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      let configured = try messages(stage, "EVENT=configured")
      #expect(configured.count == 1, "\(configured)")
      let addresses = "10.0.1.10/24, 10.0.1.11/32, 2001:db8:1:1::10/64, 2001:db8:1:1::11/64"
      let expected = [
        "ENI_ID": "\(stage.second.id)", "INTERFACE": "nic1", "MAC": "\(stage.second.mac)",
        "TABLE": "10001", "ADDRESSES": addresses, "PRIORITY": "5",
        "MESSAGE": "\(stage.second.id) is nic1: \(addresses), table 10001",
        "MESSAGE_ID": Event.configured.messageID, "_UID": "0", "_TRANSPORT": "journal",
      ]
      for (name, value) in expected {
        #expect(configured.first?[name] as? String == value, "\(name): \(configured)")
      }
      #expect(try !stage.instance.journal().contains("is nic1"), "not on standard error, too")

      let count = try messages(stage).count
      try unit(stage, "refresh")
      #expect(try messages(stage).count == count, "nothing has changed, nothing is said")

      var eni = stage.second
      eni.ipv4 = NetworkInterface.Addresses(
        subnet: try #require(eni.ipv4?.subnet),
        addresses: ["10.0.1.10", "10.0.1.12"].compactMap { IPAddress($0) },
        delegatedPrefixes: eni.ipv4?.delegatedPrefixes ?? []
      )
      try stage.cloud.update(eni)
      try unit(stage, "refresh")
      let changed = try messages(stage, "EVENT=changed")
      #expect(changed.compactMap { $0["ADDED"] as? String } == ["10.0.1.12/32"], "\(changed)")
      #expect(changed.compactMap { $0["WITHDRAWN"] as? String } == ["10.0.1.11/32"], "\(changed)")

      try stage.unplug(eni)
      try Condition.wait(until: "the ENI is forgotten", within: .seconds(60)) {
        try events(stage).contains("forgotten")
      }
      try stage.waitUntilIdle()
      let life = try history(stage, "nic1")
      #expect(life.first == "configured" && life.last == "forgotten", "\(life)")
      #expect(life.contains("changed"), "\(life)")
      #expect(try history(stage, "\(stage.second.id)") == life)
      #expect(try history(stage, "\(stage.second.mac)") == life)
      print(try stage.shell("eni-init history"))
    }

    @Test("what was waited for is part of it, by the MAC, and an error names the ENI")
    func failed() throws {
      let stage = try stage()
      var eni = stage.second
      eni.timeline = MetadataTimeline().text("999", for: "device-number")
      try stage.plug(eni, as: "ens6")
      try Condition.wait(until: "the attach has ended", within: .seconds(60)) {
        try events(stage).contains("failed")
      }
      try stage.waitUntilIdle()
      let failed = try messages(stage, "EVENT=failed")
      #expect(failed.count == 1)
      #expect(failed.first?["INTERFACE"] as? String == "ens6")
      #expect(failed.first?["MAC"] as? String == "\(eni.mac)")
      #expect(failed.first?["PRIORITY"] as? String == "3")
      #expect((failed.first?["MESSAGE"] as? String)?.contains("device-number") ?? false)
      #expect(try history(stage, "\(eni.mac)").contains("failed"))
      #expect(try history(stage, "nic7").isEmpty)
    }

    @Test("without journald all is on standard error, with its priority")
    func withoutJournald() throws {
      let stage = try stage()
      // As while journald is away: the socket is there, and nobody has it.
      try stage.shell("kill $(pidof systemd-journald)")
      try Condition.wait(until: "journald is gone") {
        try stage.instance.run(["pidof", "systemd-journald"]).status != 0
      }
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.instance.journal().contains("<5>\(stage.second.id) is nic1: "))
    }

    @Test("by hand all is on standard error, and nothing in the journal")
    func byHand() throws {
      let stage = try stage()
      let before = try events(stage).count
      let failure = try stage.instance.run(["eni-init", "attach", "nic7"])
      #expect(failure.errors.hasPrefix("eni-init: there is no network interface"), "\(failure)")
      #expect(try events(stage).count == before)
    }

    @Test("who may not read the journal is told so")
    func denied() throws {
      let stage = try stage()
      // Where the program was built, nobody else may look.
      try stage.shell("cp /usr/sbin/eni-init /run/eni-init/program; chmod 755 /run /run/eni-init")
      let result = try stage.instance.run([
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/run/eni-init/program",
        "history",
      ])
      #expect(result.status == 71 && result.output.isEmpty, "\(result)")
      #expect(result.errors.contains("you may not read the journal"), "\(result)")
    }

    @Test("without journalctl the error says what is missing")
    func noJournalctl() throws {
      let stage = try stage()
      try stage.shell("rm /usr/bin/journalctl")
      let result = try stage.instance.run(["eni-init", "history"])
      #expect(result.status == 71)
      #expect(result.errors.contains("cannot run `/usr/bin/journalctl"), "\(result)")
      #expect(result.errors.contains("check that it is installed"), "\(result)")
    }

    @Test("metrics of a routed ENI, in a file that is replaced in one step and anybody may read")
    func metrics() throws {
      let stage = try Stage.routed()
      let labels = #"{interface="nic1",eni="\#(stage.second.id)",mac="\#(stage.second.mac)""#
      let text = try stage.shell("eni-init metrics")
      #expect(text.contains(#"eni_init_eni_state\#(labels),state="routed"} 1"#), "\(text)")
      #expect(text.contains("eni_init_eni_addresses\(labels)} 4"), "\(text)")
      #expect(text.contains("eni_init_imds_up 1\n"))
      let file = try stage.shell(
        "mkdir /run/x; cd /run/x; umask 077; eni-init metrics --output eni.prom; ls -A; stat -c %a *"
      )
      #expect(file == "eni.prom\n644\n")
      stage.cloud.imds.refuseConnections(for: .seconds(600))
      #expect(try stage.shell("eni-init metrics").contains("eni_init_imds_up 0\n"))
      let missing = try stage.instance.run(["eni-init", "metrics", "--output", "/run/y/eni.prom"])
      #expect(missing.status == 64 && missing.output.isEmpty)
      #expect(missing.errors.contains("cannot write into /run/y/: No such file"), "\(missing)")
    }
  }
}
