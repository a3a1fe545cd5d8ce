// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("Facts are late, refused or hostile", .serialized)
  struct Faults {
    struct Lateness: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let timeline: MetadataTimeline
      /// When all of it is true, since the plug.
      var settled = Duration.seconds(2)
    }

    @Test(
      "the ENI stays held until its facts have settled, then it is routed",
      arguments: [
        Lateness(
          testDescription: "MAC not listed",
          timeline: MetadataTimeline().listed(after: .seconds(2))
        ),
        Lateness(
          testDescription: "device number 0",
          timeline: MetadataTimeline().deviceNumberZero(until: .seconds(2))
        ),
        Lateness(
          testDescription: "no addresses",
          timeline: MetadataTimeline().absent("local-ipv4s", until: .seconds(2))
        ),
        Lateness(
          testDescription: "no network card",
          timeline: MetadataTimeline().absent("network-card", until: .seconds(2))
        ),
        Lateness(
          testDescription: "all of it, one after the other",
          timeline: MetadataTimeline().listed(after: .seconds(1))
            .deviceNumberZero(until: .seconds(3)).absent("network-card", until: .seconds(4)),
          settled: .seconds(4)
        ),
        Lateness(
          testDescription: "addresses one by one, after the device number",
          timeline: MetadataTimeline().deviceNumberZero(until: .seconds(2))
            .lines(["10.0.1.10", "10.0.1.11"], of: "local-ipv4s", oneEvery: .milliseconds(2300)),
          settled: .milliseconds(2300)
        ),
        Lateness(
          testDescription: "a subnet that is another one's at first",
          timeline: MetadataTimeline().setting(
            "subnet-ipv4-cidr-block",
            Timed(.text("10.0.7.0/24")).then(.truth, after: .seconds(2))
          )
        ),
      ]
    )
    func late(lateness: Lateness) throws {
      let stage = try Stage.withUs()
      var eni = stage.second
      eni.timeline = lateness.timeline
      let plugged = ContinuousClock.now
      try stage.plug(eni, as: "ens6")
      try Condition.wait(until: "the attach waits for IMDS") {
        try stage.instance.journal().contains("waiting:")
      }
      let link = try stage.instance.check(["ip", "link", "show", "ens6"])
      #expect(!link.contains(",UP"), "held: \(link)")
      try stage.waitUntilRouted(eni)
      let delay = ContinuousClock.now - plugged - lateness.settled
      print("routed \(delay) after \(lateness.testDescription) had settled")
      #expect(try stage.cloud.vpc.dhcpPackets(of: eni.id).isEmpty)
      for text in ["10.0.1.10", "10.0.1.11"] {
        let address = try #require(IPAddress(text))
        #expect(try stage.cloud.probeFromInternet(address).isLossless, "\(text)")
      }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let timeline: MetadataTimeline
      var fault: Fault?
      let status: Int
      let words: String
    }

    @Test(
      "what cannot be believed ends in one error, and nothing is written or changed",
      arguments: [
        Refusal(
          testDescription: "IMDS is off",
          timeline: MetadataTimeline(),
          fault: .status(403),
          status: 77,
          words: "403"
        ),
        Refusal(
          testDescription: "an id with a path",
          timeline: MetadataTimeline().text("eni-../../../etc/passwd", for: "interface-id"),
          status: 65,
          words: "interface-id"
        ),
        Refusal(
          testDescription: "an id with a line break",
          timeline: MetadataTimeline().text(
            "eni-0123456789abcdef0\nDHCP=yes",
            for: "interface-id"
          ),
          status: 65,
          words: "interface-id"
        ),
        Refusal(
          testDescription: "a number beyond the numbering",
          timeline: MetadataTimeline().text("999", for: "device-number"),
          status: 65,
          words: "device-number"
        ),
        Refusal(
          testDescription: "an address that is none",
          timeline: MetadataTimeline().text("10.0.1.10\n[Route]", for: "local-ipv4s"),
          status: 65,
          words: "local-ipv4s"
        ),
      ]
    )
    func refused(refusal: Refusal) throws {
      let stage = try Stage.withUs()
      if let fault = refusal.fault { stage.cloud.imds.fail(with: fault, for: .always) }
      var eni = stage.second
      eni.timeline = refusal.timeline
      try stage.plug(eni, as: "ens6")
      try Condition.wait(until: "the attach has ended", within: .seconds(30)) {
        try stage.instance.journal().contains("status \(refusal.status)")
      }
      let errors = try stage.instance.journal().split(separator: "\n").filter {
        $0.hasPrefix("<3>")
      }
      #expect(errors.count == 1, "\(errors)")
      #expect(errors.first?.contains(refusal.words) ?? false, "\(errors)")
      let link = try stage.instance.check(["ip", "link", "show", "ens6"])
      #expect(!link.contains(",UP"), "held: \(link)")
      let files = try stage.instance.check([
        "sh", "-c", "ls /etc/systemd/network/05-* \(stage.records)/\(eni.mac) 2>/dev/null; true",
      ])
      #expect(files.isEmpty, "\(files)")
      #expect(try stage.cloud.vpc.dhcpPackets(of: eni.id).isEmpty)
    }

    @Test("when another file takes the link, all is undone, the ENI is held, the status is 80")
    func undone() throws {
      let stage = try Stage.withUs()
      try stage.instance.write(
        "/etc/systemd/network/04-rival.network",
        content: "[Match]\nMACAddress=\(stage.second.mac)\n\n[Link]\nUnmanaged=yes\n"
      )
      // Of a reload by another program nothing is known.
      try stage.instance.restartNetworkd()
      try Condition.wait(until: "the primary has its lease again", within: .seconds(30)) {
        try stage.shell("networkctl list ens5").contains("configured")
          && !stage.mainDefaultRoutes().isEmpty
      }
      let routes = try stage.mainDefaultRoutes()
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "the attach has ended", within: .seconds(60)) {
        try stage.instance.journal().contains(": status 80")
      }
      let journal = try stage.instance.journal()
      #expect(journal.contains("All was undone: the ENI is held again"), "\(journal)")
      #expect(journal.contains("ip address add 10.0.1.10/24 dev nic1"), "says what is missing")
      #expect(try stage.mainDefaultRoutes() == routes)
      let files = try stage.instance.check([
        "sh", "-c",
        "ls /etc/systemd/network/05-* \(stage.records)/\(stage.second.mac) 2>/dev/null; true",
      ])
      #expect(files.isEmpty, "\(files)")
      #expect(try !stage.instance.check(["ip", "rule"]).contains("10001"))

      try stage.instance.check(["rm", "/etc/systemd/network/04-rival.network"])
      try stage.instance.check(["networkctl", "reload"])
      let again = try stage.instance.run(["eni-init", "attach", "\(stage.second.mac)"])
      #expect(again.status == 0, "\(again.errors)")
      try stage.waitUntilRouted(stage.second)
    }

    @Test(
      "a run that is ended or killed anywhere is healed by the next",
      arguments: ["TERM", "KILL"]
    )
    func killed(signal: String) throws {
      let stage = try Stage.withUs()
      try stage.plug(stage.second, as: "ens6")
      for call in ["rename", "fsync", "vfork,clone,clone3", "sendto", "poll"] {
        // The kernel sends the program the signal at its second such call.
        _ = try stage.instance.run([
          "strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=\(call):signal=\(signal):when=2",
          "eni-init", "attach", "\(stage.second.mac)",
        ])
      }
      let run = try stage.instance.run(["eni-init", "attach", "\(stage.second.mac)"])
      #expect(run.status == 0, "\(run.errors)")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.1.10"))).isLossless)
      #expect(
        try stage.instance.check(["ls", "-A", "/etc/systemd/network"]).contains(".tmp") == false
      )
    }
  }
}
