// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("The disk refuses to be written", .serialized)
  struct DiskTests {
    /// A way in which a disk refuses.
    struct Refusal: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let begin: String
      let end: String

      static let all = [
        Refusal(
          testDescription: "read-only",
          begin: "mount -o remount,ro /etc",
          end: "mount -o remount,rw /etc"
        ),
        Refusal(
          testDescription: "full",
          begin: """
            for d in systemd/network eni-init iproute2/rt_tables.d; do
              mkdir -p /etc/$d; mount -t tmpfs -o size=4k,nr_inodes=4 tmpfs /etc/$d
              head -c 64k /dev/zero >/etc/$d/filler || :
            done 2>/dev/null
            printf '[Match]\nType=ether\n[Network]\nDHCP=yes\n' >/run/systemd/network/80-dhcp.network
            """,
          end: "umount /etc/systemd/network /etc/eni-init /etc/iproute2/rt_tables.d"
        ),
      ]
    }

    private func expectAnswers(_ stage: Stage) throws {
      try Condition.wait(until: "the second ENI is routed", within: .seconds(30)) {
        try stage.isRouted(stage.second)
      }
      for text in ["10.0.0.10", "10.0.1.10", "10.0.1.11"] {
        let address = try #require(IPAddress(text))
        try Condition.wait(until: "\(text) answers", within: .seconds(30)) {
          try stage.cloud.probeFromInternet(address, count: 1).isLossless
        }
      }
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
    }

    @Test(
      "an ENI that arrives is configured from /run, and moves to disk when the disk accepts it",
      arguments: Refusal.all
    )
    func arrives(refusal: Refusal) throws {
      let stage = try Stage.withUs()
      try stage.shell(refusal.begin)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try expectAnswers(stage)
      let journal = try stage.instance.journal()
      let notices = journal.split(separator: "\n").filter { $0.contains("kept below /run") }
      #expect(notices.count == 1, "\(journal)")
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
      try stage.waitUntilIdle()
      #expect(try stage.shell("eni-init refresh 2>&1").isEmpty, "a second run changes nothing")
      #expect(try stage.shell("ls /run/systemd/network").contains("05-eni-init-nic1.network"))

      try stage.shell(refusal.end)
      try stage.shell("eni-init refresh")
      #expect(try stage.shell("ls /etc/systemd/network").contains("05-eni-init-nic1.network"))
      #expect(
        try !stage.shell("find /run/systemd/network /run/eni-init").contains("nic1")
      )
      #expect(try stage.shell("ls \(stage.records)").contains("\(stage.second.mac)"))
      #expect(try stage.shell("eni-init refresh 2>&1").isEmpty)
      try expectAnswers(stage)
      try stage.reboot()
      try expectAnswers(stage)
    }

    @Test("on every network stack an ENI that arrives is routed", arguments: StackTests.images)
    func stacks(image: StackTests.Image) throws {
      let stage = try Stage.withUs(image: image.image)
      try stage.shell("mount -o remount,ro /etc")
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try expectAnswers(stage)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
      #expect(try stage.shell("eni-init refresh 2>&1").isEmpty, "a second run changes nothing")
      try stage.shell("mount -o remount,rw /etc")
      try stage.shell("eni-init refresh")
      #expect(try stage.shell("cat \(image.file)").contains("10.0.1.11"))
      try expectAnswers(stage)
      try stage.reboot()
      try expectAnswers(stage)
    }

    @Test(
      "a first boot on a read-only disk holds every ENI but the primary, and configures it",
      arguments: [Stage.Launch.secondAfterPrimary, .secondBeforePrimary],
      [true, false]
    )
    func launched(order: Stage.Launch, isToldByCloudInit: Bool) throws {
      let stage = try Stage.withUs(
        launch: order,
        hasCloudInit: isToldByCloudInit
      ) {
        try $0.shell("mount -o remount,ro /etc")
      }
      try expectAnswers(stage)
      let dhcp = try stage.cloud.vpc.dhcpPackets(of: stage.second.id)
      if isToldByCloudInit || order == .secondAfterPrimary { #expect(dhcp.isEmpty) }
      #expect(try stage.shell("ip -o link show nic1").contains("eni-00000020000000006"))
      #expect(try !stage.shell("ls /etc/systemd/network").contains("nic1"))
    }
  }
}
