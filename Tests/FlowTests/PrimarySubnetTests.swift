// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("The subnets of the primary", .serialized)
  struct PrimarySubnetTests {
    private static let directory = "latest/meta-data/network/interfaces/macs"

    /// Runs every command once and expects that none finds anything to do.
    private func expectStill(_ stage: Stage) throws {
      let state = try stage.state()
      for command in ["refresh", "attach nic1", "refresh"] {
        let said = try stage.shell("eni-init \(command) 2>&1")
        #expect(said.isEmpty, "\(command): \(said)")
        #expect(try stage.state() == state, "\(command)")
      }
      #expect(try stage.shell("eni-init plan").isEmpty)
    }

    @Test("attach and refresh agree where the primary has no IPv6 address in a dual-stack subnet")
    func blocksWithoutAddress() throws {
      let stage = try Stage.withUs()
      var primary = stage.primary
      primary.ipv6 = try SimulatedENI.Block("2001:db8:1::/64").parsed()
      try stage.cloud.update(primary)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      #expect(
        try stage.shell("ip -6 rule").contains("from 2001:db8:1::/64 to 2001:db8:1:1::/64 iif lo")
      )
      try expectStill(stage)
    }

    @Test("attach and refresh agree where the primary's subnet has no IPv6")
    func withoutBlocks() throws {
      let stage = try Stage.withUs()
      var primary = stage.primary
      primary.ipv6 = nil
      try stage.cloud.update(primary)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.shell("ip -6 rule").contains("to 2001:db8:1:1::/64 iif lo"))
      try expectStill(stage)
    }

    @Test("while IMDS does not give the primary's subnet, its replies stay where they were")
    func missingBlock() throws {
      let stage = try Stage.withUs()
      let block = "\(Self.directory)/\(stage.primary.mac)/subnet-ipv4-cidr-block"
      stage.cloud.imds.fail(block, with: .status(404), for: .always)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      let neighbor = try stage.cloud.vpc.neighbor(in: try #require(stage.second.ipv4).subnet)
      let primary = try #require(stage.primary.ipv4?.addresses.first)
      #expect(try neighbor.namespace.probe(primary).isLossless)
      #expect(try !stage.shell("ip rule").contains("iif lo"))
    }

    struct Loss: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let key: String
      let fault: Fault
    }

    @Test(
      "rules stay when two readings lack the primary",
      arguments: [
        Loss(testDescription: "unsettled", key: "device-number", fault: .body("1\n")),
        Loss(testDescription: "malformed", key: "local-ipv4s", fault: .body("10.0.0.300\n")),
        Loss(
          testDescription: "without its block",
          key: "subnet-ipv4-cidr-block",
          fault: .status(404)
        ),
      ]
    )
    func unknownPrimary(loss: Loss) throws {
      let stage = try Stage.routed()
      let state = try stage.state()
      let path = "\(Self.directory)/\(stage.primary.mac)/\(loss.key)"
      stage.cloud.imds.fail(path, with: loss.fault, for: .always)
      // An address that comes makes the first reading doubt nothing; one that goes does.
      var eni = stage.second
      eni.ipv4 = try SimulatedENI.Block("10.0.1.0/24", "10.0.1.10").parsed()
      try stage.cloud.update(eni)
      _ = try stage.instance.run(["eni-init", "refresh"])
      #expect(try !stage.shell("ip rule").contains("10.0.1.11"))
      #expect(try stage.shell("ip rule").contains("from 10.0.0.0/24 to 10.0.1.0/24 iif lo"))
      try stage.cloud.update(stage.second)
      _ = try stage.instance.run(["eni-init", "refresh"])
      let rules = try stage.shell("ip rule; ip -6 rule")
      #expect(
        state.split(separator: "\n").filter { $0.contains("iif lo") }.allSatisfy {
          rules.contains($0.prefix(60))
        }
      )
    }
  }
}
