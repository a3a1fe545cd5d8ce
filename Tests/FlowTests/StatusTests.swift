// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("What an operator sees of the ENIs", .serialized)
  struct StatusTests {
    /// A stage on which the second ENI, with an Elastic IP, is routed.
    private func routed() throws -> Stage {
      try Stage.routed()
    }

    private static let validator = """
      import json, sys, jsonschema
      jsonschema.validate(json.load(sys.stdin), json.load(open(sys.argv[1])))
      """

    private func line(_ stage: Stage, _ name: String) throws -> String {
      let status = try stage.shell("eni-init status")
      let lines = status.split(separator: "\n").map(String.init)
      return try #require(lines.first { $0.contains(" \(name) ") }, "\(status)")
    }

    @Test("the primary and a routed ENI, with its Elastic IP, subnet and table")
    func routedENI() throws {
      let stage = try routed()
      let line = try line(stage, "nic1")
      for word in [
        "1 ", "\(stage.second.id)", "10.0.1.10/24 (198.51.100.20)", "10.0.1.11/32",
        "subnet-0a1b2c3d4e5f60719, 10.0.1.0/24", "10001", "routed",
      ] { #expect(line.contains(word), "\(word): \(line)") }
      #expect(line.hasSuffix("routed"))
      #expect(try self.line(stage, "ens5").hasSuffix("main   primary"))
    }

    @Test(
      "what is broken is named",
      arguments: [
        (
          "ip rule del from 10.0.1.11",
          "drifted: not done: ip rule add priority 10001 from 10.0.1.11/32"
        ),
        ("ip route flush table 10001", "drifted: not done: ip route add 10.0.1.0/24 dev nic1"),
        ("echo >>/etc/systemd/network/05-eni-init-nic1.network", "05-eni-init-nic1.network is not"),
        ("ip rule add from 10.0.1.99 lookup 10001 priority 10001", "left over: ip rule del"),
      ]
    )
    func drifted(damage: String, expected: String) throws {
      let stage = try routed()
      try stage.shell(damage)
      let line = try line(stage, "nic1")
      #expect(line.contains(expected), "\(line)")
    }

    @Test("anybody may look")
    func anybody() throws {
      let stage = try routed()
      let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"
      #expect(try stage.shell("\(nobody) eni-init status") == stage.shell("eni-init status"))
      // What a unit or a counter says may be root's alone, the rest is not.
      let check = try stage.instance.run(["sh", "-c", "\(nobody) eni-init check"])
      #expect(check.output == "Nothing found: replies are symmetric.\n", "\(check)")
    }

    @Test("as JSON, in the form that is documented")
    func json() throws {
      let stage = try routed()
      stage.cloud.imds.attach(try SimulatedENI(mac: "02:00:00:00:00:07", device: 2))
      for damage in ["true", "ip rule del from 10.0.1.11"] {
        try stage.shell(damage)
        let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
          .deletingLastPathComponent().deletingLastPathComponent()
          .appendingPathComponent("docs/status.schema.json").path
        let validation = try Program(["/usr/bin/python3", "-c", Self.validator, schema])
          .result(input: try stage.shell("eni-init status --json"))
        #expect(validation.status == 0, "\(validation)")
      }
    }

    @Test("what is waited for is said on a terminal, and nowhere else")
    func progress() throws {
      let stage = try Stage.withUs()
      stage.cloud.imds.refuseConnections(for: .seconds(600))
      try stage.plug(stage.second, as: "ens6")
      try stage.instance.check(["udevadm", "settle"])
      let attach = "eni-init attach ens6 --timeout 5"
      let typed = try stage.instance.run(["script", "-qec", attach, "/dev/null"])
      #expect(typed.output.contains("waiting for IMDS to answer ("), "\(typed)")
      #expect(typed.output.contains("\r\u{1B}[Keni-init: cannot read"), "\(typed)")
      let piped = try stage.instance.run(["sh", "-c", attach])
      #expect(piped.output.isEmpty && !piped.errors.contains("…"), "\(piped)")
    }

    @Test("without IMDS, the kernel and the records tell")
    func silentIMDS() throws {
      let stage = try routed()
      stage.cloud.imds.refuseConnections(for: .seconds(600))
      #expect(try line(stage, "nic1").hasSuffix("routed"))
      #expect(try stage.shell("eni-init status").contains("IMDS: "))
      try stage.shell("ip rule del from 10.0.1.11")
      #expect(try line(stage, "nic1").hasSuffix("drifted: no rule for 10.0.1.11"))
    }
  }
}
