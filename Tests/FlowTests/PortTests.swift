// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// ENIs that an administrator has made ports of another device.
  @Suite("An ENI is a port of another device", .serialized)
  struct PortTests {
    struct Device: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let lines: String
    }

    static let devices = [
      Device(testDescription: "bridge", lines: "ip link add br7 type bridge"),
      Device(testDescription: "bond", lines: "ip link add br7 type bond mode active-backup"),
      Device(testDescription: "VRF", lines: "ip link add br7 type vrf table 77"),
    ]

    /// What belongs to the administrator: the ENI, its master, and everything that is routed.
    private func look(_ stage: Stage) throws -> String {
      try stage.shell(
        """
        ip -o link show ens6 | sed 's/state [A-Z]*//'
        ip -o address show scope global dev ens6; ip -o address show scope global dev br7
        for family in -4 -6; do ip $family rule; done
        ls /etc/systemd/network
        """
      )
    }

    @Test("it is left alone with one message until it is released", arguments: devices)
    func port(_ device: Device) throws {
      let stage = try Stage.withUs()
      let made = try stage.instance.run(["sh", "-c", device.lines])
      guard made.status == 0 else { return }
      try stage.instance.write(
        "/etc/udev/rules.d/99-port.rules",
        content: """
          ACTION=="add", SUBSYSTEM=="net", KERNEL=="ens6", RUN+="/sbin/ip link set $name master br7"

          """
      )
      try stage.shell("ip link set br7 up; udevadm control --reload")
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "the attach has ended", within: .seconds(30)) {
        try stage.instance.journal().contains("it is a port of the")
      }
      try stage.waitUntilIdle()
      let journal = try stage.instance.journal()
      #expect(journal.split(separator: "\n").count { $0.contains("it is a port of the") } == 1)
      #expect(!journal.contains("<3>"), "\(journal)")
      let before = try look(stage)
      #expect(before.contains("master br7") && !before.contains("10.0.1.10"), "\(before)")
      #expect(try stage.instance.run(["eni-init", "refresh"]).errors.isEmpty)
      let attach = try stage.instance.run(["eni-init", "attach", "ens6"])
      #expect(attach.status == 0 && attach.errors.contains("port of the"), "\(attach)")
      #expect(try look(stage) == before)
      let owner = "port of the \(device.testDescription.lowercased()) br7"
      #expect(try stage.shell("eni-init status").contains(owner))
      let check = try stage.instance.run(["eni-init", "check"])
      #expect(!check.output.contains("ens6"), "\(check)")

      try stage.shell("ip link set ens6 nomaster; eni-init refresh")
      try stage.waitUntilRouted(stage.second)
      let address = try #require(IPAddress("10.0.1.10"))
      #expect(try stage.cloud.probeFromInternet(address).isLossless)
    }

    @Test("one that was configured before keeps what it has, and a refresh says nothing")
    func later() throws {
      let stage = try Stage.routed()
      try stage.shell("ip link add br7 type bridge; ip link set nic1 master br7")
      let before = try stage.state()
      let refresh = try stage.instance.run(["eni-init", "refresh"])
      #expect(refresh.status == 0 && refresh.errors.isEmpty, "\(refresh)")
      #expect(try stage.state() == before)
    }
  }
}
