// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("One address on two ENIs", .serialized)
  struct ContestTests {
    /// An ENI of another VPC whose subnet contains the primary's.
    private func overlapping(also address: String? = nil) throws -> SimulatedENI {
      var eni = try SimulatedENI(
        mac: "02:00:00:00:00:06",
        device: 1,
        ipv4: .init("10.0.0.0/20", "10.0.4.10")
      )
      if let address {
        eni.timeline = MetadataTimeline().text("\(address)\n10.0.4.10", for: "local-ipv4s")
      }
      return eni
    }

    private func answers(_ stage: Stage, _ address: String) throws -> Bool {
      try stage.cloud.probeFromInternet(try #require(IPAddress(address))).isLossless
    }

    private func messages(_ stage: Stage) throws -> Int {
      try stage.instance.journal().split(separator: "\n").count { $0.contains("stays held: ") }
    }

    @Test("an ENI with the primary's address stays held, with one message, until it has another")
    func held() throws {
      let stage = try Stage.withUs()
      let probe = try stage.cloud.vpc.internet.namespace.startProbing(
        try #require(IPAddress("10.0.0.10")),
        every: .milliseconds(10)
      )
      let eni = try overlapping(also: "10.0.0.10")
      try stage.plug(eni, as: "ens6")
      try Condition.wait(until: "the attach has ended", within: .seconds(30)) {
        try messages(stage) > 0
      }
      try stage.waitUntilIdle()
      for _ in 1...2 {
        let said = try stage.instance.run(["eni-init", "refresh"])
        #expect(said.status == 0, "\(said)")
      }
      #expect(try messages(stage) == 1)
      let ends = try stage.instance.journal().split(separator: "\n").filter {
        $0.hasPrefix("eni-init-") && $0.contains(": status ")
      }
      #expect(ends.allSatisfy { $0.hasSuffix(": status 0") }, "\(ends)")
      #expect(try !stage.shell("ip link show ens6").contains(",UP"))
      #expect(try !stage.shell("ip rule").contains("lookup 10001"))
      let reason = "IMDS lists 10.0.0.10 for \(eni.id) and also for \(stage.primary.id)"
      for command in ["status --json", "plan", "check; true"] {
        #expect(try stage.shell("eni-init \(command)").contains(reason), "\(command)")
      }
      #expect(try probe.stop().isLossless)

      stage.cloud.imds.change(eni.mac) { $0.timeline = MetadataTimeline() }
      try stage.shell("eni-init refresh")
      #expect(try answers(stage, "10.0.4.10") && answers(stage, "10.0.0.10"))
    }

    @Test("an ENI that carries traffic keeps its own addresses, and the primary its replies")
    func live() throws {
      let stage = try Stage.withUs()
      try stage.plug(try overlapping(), as: "ens6")
      try stage.waitUntilRouted(try overlapping())
      let state = try stage.state()
      let probes = try ["10.0.0.10", "10.0.4.10"].map {
        try stage.cloud.vpc.internet.namespace.startProbing(
          try #require(IPAddress($0)),
          every: .milliseconds(10)
        )
      }
      stage.cloud.imds.change(stage.second.mac) {
        $0.timeline = MetadataTimeline().text("10.0.0.10\n10.0.4.10", for: "local-ipv4s")
      }
      for command in ["refresh", "attach nic1", "refresh"] {
        #expect(try stage.shell("eni-init \(command) 2>&1").isEmpty, "\(command)")
      }
      #expect(try stage.state() == state)
      for probe in probes { #expect(try probe.stop().isLossless) }
    }

    @Test(
      "an address that moves between two ENIs answers on the new one",
      arguments: [true, false]
    )
    func moved(isLive: Bool) throws {
      let stage = try Stage.routed()
      var third = try SimulatedENI(
        mac: "02:00:00:00:00:07",
        device: 2,
        ipv4: .init("10.0.1.0/24", "10.0.1.20")
      )
      if isLive {
        try stage.plug(third, as: "ens7")
        try stage.waitUntilRouted(third)
      }
      var second = stage.second
      second.ipv4 = try SimulatedENI.Block("10.0.1.0/24", "10.0.1.10").parsed()
      third.ipv4 = try SimulatedENI.Block("10.0.1.0/24", "10.0.1.20", "10.0.1.11").parsed()
      try stage.cloud.update(second)
      if isLive {
        try stage.cloud.update(third)
      } else {
        try stage.plug(third, as: "ens7")
        try stage.waitUntilRouted(third)
      }
      try stage.shell("eni-init refresh")
      #expect(try answers(stage, "10.0.1.11") && answers(stage, "10.0.1.10"))
      #expect(try answers(stage, "10.0.1.20"))
      let rules = try stage.shell("ip -N rule").split(separator: "\n").filter {
        $0.contains("10.0.1.11")
      }
      #expect(rules.count == 1 && rules.allSatisfy { $0.contains("lookup 10002") }, "\(rules)")
      #expect(try messages(stage) == 0)
    }
  }
}
