// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// An ENI with both families on a link that the kernel gives no IPv6 address.
  @Suite("IPv6 is disabled on the link of an ENI", .serialized)
  struct DisabledIPv6Tests {
    private static let setting = "/proc/sys/net/ipv6/conf/nic1/disable_ipv6"

    private static func dual() throws -> SimulatedENI {
      var eni = try SimulatedENI.exampleSecond()
      eni.ipv6 = try SimulatedENI.Block("2001:db8:1:1::/64", "2001:db8:1:1::a").parsed()
      return eni
    }

    private func answers(_ stage: Stage, _ text: String) throws -> Bool {
      try stage.cloud.probeFromInternet(try #require(IPAddress(text))).isLossless
    }

    /// Waits until IPv6 answers: the link-local address that the kernel makes anew may be tentative.
    private func waitForIPv6(_ stage: Stage) throws {
      try Condition.wait(until: "IPv6 answers", within: .seconds(10)) {
        try answers(stage, "2001:db8:1:1::a")
      }
    }

    @Test(
      "the IPv4 part works, one warning is given, and IPv6 comes when it is enabled",
      arguments: BorrowedMAC.images
    )
    func live(_ image: StackTests.Image) throws {
      let stage = try Stage.withUs(image: image.image)
      let eni = try Self.dual()
      try stage.plug(eni, as: "ens6")
      try stage.waitUntilRouted(eni)
      try stage.shell("echo 1 >\(Self.setting)")
      let first = try stage.instance.run(["eni-init", "refresh"])
      #expect(first.status == 0, "\(first)")
      #expect(first.errors.contains("nic1 lacks its IPv6 addresses"), "\(first)")
      let second = try stage.instance.run(["eni-init", "refresh"])
      #expect(second.status == 0 && second.errors.isEmpty, "\(second)")
      #expect(try answers(stage, "10.0.1.10"))
      #expect(try stage.instance.run(["eni-init", "check"]).output.contains("ipv6-disabled"))
      let attach = try stage.instance.run(["eni-init", "attach", "nic1"])
      #expect(attach.status == 0, "\(attach)")

      try stage.shell("echo 0 >\(Self.setting); eni-init refresh")
      #expect(try stage.isRouted(eni))
      try waitForIPv6(stage)
      #expect(try stage.instance.run(["eni-init", "refresh"]).errors.isEmpty)
      #expect(!(try stage.instance.run(["eni-init", "check"]).output.contains("ipv6-disabled")))
    }

    @Test(
      "an ENI that comes with IPv6 disabled is configured with its IPv4 part",
      arguments: BorrowedMAC.images
    )
    func hotPlugged(_ image: StackTests.Image) throws {
      let stage = try Stage.withUs(image: image.image) { stage in
        // As systemd-sysctl does it for a setting of one link.
        try stage.instance.write(
          "/etc/udev/rules.d/99-ipv6.rules",
          content: """
            ACTION=="add", SUBSYSTEM=="net", KERNEL=="ens6", \
            RUN+="/bin/sh -c 'echo 1 >/proc/sys/net/ipv6/conf/$name/disable_ipv6'"

            """
        )
      }
      let eni = try Self.dual()
      try stage.plug(eni, as: "ens6")
      try Condition.wait(until: "it has a rule", within: .seconds(30)) {
        try stage.shell("ip rule").contains("from 10.0.1.11 lookup")
      }
      try stage.waitUntilIdle()
      let journal = try stage.instance.journal()
      #expect(!journal.contains("held again"), "\(journal)")
      #expect(try answers(stage, "10.0.1.10"))
      #expect(try answers(stage, "10.0.1.11"))
      let value = try stage.shell("cat \(Self.setting)")
      // networkd and NetworkManager enable IPv6 where a configuration asks for it.
      if value == "0\n" { try waitForIPv6(stage) }
      #expect(try stage.instance.run(["eni-init", "refresh"]).status == 0)
      if value == "1\n" {
        try stage.shell("echo 0 >\(Self.setting); eni-init refresh")
        try waitForIPv6(stage)
      }
    }
  }
}
