// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// An ENI that comes into a slot, or out of one, with something left of an earlier time.
  @Suite("Something is left of a slot's former ENI", .serialized)
  struct SlotHistoryTests {
    private func eni(_ mac: String, device: Int, _ address: String) throws -> SimulatedENI {
      try SimulatedENI(mac: mac, device: device, ipv4: .init("10.0.1.0/24", address))
    }

    @Test("a rule for a former ENI's address in the same subnet gives the new one no address")
    func formerRule() throws {
      let stage = try Stage.withUs()
      // As a detach leaves it that was killed.
      try stage.shell("ip rule add priority 10001 from 10.0.1.99 lookup 10001")
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      #expect(!(try stage.shell("ip rule").contains("10.0.1.99")), "gone with the attach")

      // And where it is only seen later.
      try stage.shell("ip rule add priority 10001 from 10.0.1.99 lookup 10001")
      let refresh = try stage.instance.run(["eni-init", "refresh"])
      #expect(refresh.status == 0 && !refresh.errors.contains("10.0.1.99/32,"), "\(refresh)")
      let state = try stage.shell(
        "ip -o address show dev nic1; ip rule; cat /etc/systemd/network/05-eni-init-nic1.network"
      )
      #expect(!state.contains("10.0.1.99"), "\(state)\n\(refresh)")
      let said = refresh.errors.split(separator: "\n").filter { $0.contains("10.0.1.99") }
      #expect(said.isEmpty, "\(refresh)")
    }

    @Test(
      "an ENI that comes back in another slot, while IMDS tells the former one, ends in the new one"
    )
    func formerFacts() throws {
      let stage = try Stage.withUs()
      let first = try eni("02:00:00:00:00:31", device: 1, "10.0.1.31")
      try stage.plug(first, as: "ens6")
      try stage.waitUntilRouted(first)
      try stage.unplug(first)
      var moved = try eni("02:00:00:00:00:31", device: 2, "10.0.1.31")
      moved.timeline.values["device-number"] = Timed(.text("1")).then(.truth, after: .seconds(4))
      try stage.plug(moved, as: "ens6")
      try Condition.wait(until: "it answers", within: .seconds(30)) {
        try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.1.31"))).isLossless
      }
      try Condition.wait(until: "it is in its slot", within: .seconds(20)) {
        try stage.status(of: moved)?.contains(" nic2 ") ?? false
      }
      try stage.waitUntilRouted(moved)
      #expect(try !stage.shell("ip rule").contains("lookup 10001"))
      #expect(try stage.instance.run(["eni-init", "refresh"]).errors.isEmpty)
    }

    @Test("an ENI with an address in another one's delegated prefix stays held at once")
    func delegatedPrefix() throws {
      let stage = try Stage.withUs()
      var holder = try eni("02:00:00:00:00:32", device: 1, "10.0.1.20")
      holder.ipv4 = try SimulatedENI.Block(
        "10.0.1.0/24",
        "10.0.1.20",
        prefixes: ["10.0.1.32/28"]
      ).parsed()
      try stage.plug(holder, as: "ens6")
      try stage.waitUntilRouted(holder)
      let other = try eni("02:00:00:00:00:33", device: 2, "10.0.1.40")
      try stage.plug(other, as: "ens7")
      try Condition.wait(until: "the attach has ended", within: .seconds(30)) {
        try stage.instance.journal().contains("IMDS lists 10.0.1.40 for \(other.id)")
          || stage.shell("ip rule").contains("10.0.1.40")
      }
      try stage.waitUntilIdle()
      let journal = try stage.instance.journal()
      #expect(journal.contains("IMDS lists 10.0.1.40 for \(other.id) and also for \(holder.id)"))
      #expect(try !stage.shell("ip rule; ip address show").contains("10.0.1.40"))
    }
  }
}
