// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("An instance is launched with two ENIs", .serialized)
  struct LaunchTests {
    private static let orders: [Stage.Launch] = [.secondAfterPrimary, .secondBeforePrimary]

    /// Both ENIs as they are wanted: the primary as the image has it, the second one static.
    private func expectSettled(_ stage: Stage) throws {
      // Not until no run is left: without IMDS one goes on asking.
      try Condition.wait(until: "the second ENI is routed", within: .seconds(30)) {
        try stage.isRouted(stage.second)
      }
      try Condition.wait(until: "the primary has its lease", within: .seconds(30)) {
        try stage.mainDefaultRoutes().contains("via 10.0.0.1 dev ens5")
      }
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
      try Condition.wait(until: "the primary has its IPv6 lease", within: .seconds(30)) {
        try stage.shell("ip -6 address show dev ens5 scope global").contains("2001:db8:1::10/128")
      }
      for address in [
        "10.0.0.10", "10.0.1.10", "10.0.1.11", "198.51.100.10", "198.51.100.20", "198.51.100.21",
        "2001:db8:1::10", "2001:db8:1:1::10", "2001:db8:1:1::11",
      ] {
        let address = try #require(IPAddress(address))
        #expect(try stage.cloud.probeFromInternet(address).isLossless, "\(address)")
      }
      try Condition.wait(until: "the second ENI has its names", within: .seconds(30)) {
        try stage.shell("ip -o link show nic1").contains("eni-00000020000000006")
      }
      #expect(try stage.shell("ip -o link show ens5").contains("group 10000"))
    }

    /// The second ENI had stopped asking for a lease when the primary began to.
    private func expectNeverTwoLeases(_ stage: Stage) throws {
      let primary = try stage.cloud.vpc.dhcpPackets(of: stage.primary.id).map(\.time)
      let second = try stage.cloud.vpc.dhcpPackets(of: stage.second.id).map(\.time)
      if let last = second.max(), let first = primary.min() {
        #expect(last < first)
      }
    }

    @Test("with cloud-init's facts the second one never asks for a lease", arguments: orders)
    func cloudInit(order: Stage.Launch) throws {
      let stage = try Stage.withUs(launch: order, hasCloudInit: true)
      let journal = try stage.instance.journal()
      let boot = journal.split(separator: "\n").prefix { !$0.contains("eni-init-boot.service") }
      #expect(boot.contains { $0.contains("eni-00000020000000006 is nic1") }, "\(journal)")
      try expectSettled(stage)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test("with cloud-init's facts and no IMDS at all everything answers")
    func cloudInitAlone() throws {
      let stage = try Stage.withUs(
        launch: .secondBeforePrimary,
        hasCloudInit: true,
        imds: .isDown
      )
      try expectSettled(stage)
      #expect(stage.cloud.imds.log.isEmpty)
    }

    @Test("with an error in eni-init.conf it is held, since nobody knows what is wanted of it")
    func misconfigured() throws {
      let stage = try Stage.withUs(
        launch: .secondAfterPrimary,
        hasCloudInit: true,
        configuration: "[Ignore]\nENI=eni-00000020000000006\nENY=\n"
      )
      let journal = try stage.instance.journal()
      #expect(journal.contains("eni-init-boot.service: status 78"), "\(journal)")
      #expect(try !stage.shell("ls /etc/systemd/network; ip rule").contains("nic1"))
      #expect(try stage.shell("cat /sys/class/net/ens6/operstate") == "down\n")
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
      #expect(try stage.mainDefaultRoutes().contains("via 10.0.0.1 dev ens5"))
    }

    @Test("without facts it is held until IMDS tells", arguments: orders)
    func withoutFacts(order: Stage.Launch) throws {
      let stage = try Stage.withUs(launch: order)
      try expectSettled(stage)
      try expectNeverTwoLeases(stage)
      if order == .secondAfterPrimary {
        #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
      }
      try stage.reboot()
      try expectSettled(stage)
    }

    /// A reason why the ENI that is tried as the primary is not configured.
    struct Obstacle: Sendable, CustomTestStringConvertible {
      let testDescription: String
      var configuration: String?
      var command = ":"
      var timeline = MetadataTimeline()
      /// The box starts the units of a coldplug before the hold, and has no timer.
      var needsRefresh = false

      static let all = [
        Obstacle(
          testDescription: "ignored by its id",
          configuration: "[Ignore]\nENI=eni-00000020000000006\n"
        ),
        Obstacle(
          testDescription: "owned by a container network plugin",
          command: "mkdir -p /etc/cni/net.d && touch /etc/cni/net.d/10-aws.conflist"
        ),
        Obstacle(
          testDescription: "unclear for an error in eni-init.conf",
          configuration: "[Ignore]\nENY=\n",
          needsRefresh: true
        ),
        Obstacle(
          testDescription: "malformed in IMDS",
          timeline: MetadataTimeline().text("eni-../x", for: "interface-id")
        ),
        Obstacle(
          testDescription: "not settled in IMDS for a long time",
          timeline: MetadataTimeline().deviceNumberZero(until: .seconds(3600))
        ),
      ]
    }

    @Test(
      "the primary is released when the tried ENI cannot be configured, and that one is held",
      arguments: Obstacle.all
    )
    func released(obstacle: Obstacle) throws {
      let stage = try Stage.withUs(
        launch: .secondBeforePrimary,
        configuration: obstacle.configuration,
        untilArmed: false
      ) { stage in
        try stage.shell(obstacle.command)
        // Attempts of a minute would only make the test long.
        try stage.shell(
          "sed -i 's/attach %i/attach --timeout 5 %i/' /usr/lib/systemd/system/eni-init-attach@.service"
        )
        var eni = stage.second
        eni.timeline = obstacle.timeline
        try stage.cloud.update(eni)
      }
      if obstacle.needsRefresh {
        try stage.waitUntilIdle()
        #expect(try stage.instance.run(["eni-init", "refresh"]).status == 78)
      }
      do {
        try Condition.wait(until: "the primary has the default route", within: .seconds(40)) {
          try stage.mainDefaultRoutes().contains("via 10.0.0.1 dev ens5")
        }
      } catch {
        throw Condition.Unmet("\(error)\n\(try stage.instance.journal())")
      }
      try Condition.wait(until: "the primary answers", within: .seconds(30)) {
        try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.0.10")), count: 1).isLossless
      }
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
      let tried = try stage.shell("ip address show ens4")
      #expect(!tried.contains(",UP") && !tried.contains("inet "), "\(tried)")
      try expectNeverTwoLeases(stage)
    }

    @Test(
      "on every network stack the primary is released at a first boot in which the tried ENI is ignored",
      arguments: StackTests.images.filter { $0.testDescription != "kernel" }
    )
    func releasedOnStack(_ image: StackTests.Image) throws {
      let stack = image.testDescription == "netplan" ? "[General]\nStack=netplan\n" : ""
      let stage = try Stage.withUs(
        image: image.image,
        launch: .secondBeforePrimary,
        configuration: stack + "[Ignore]\nENI=\(try SimulatedENI.exampleSecond().id)\n",
        untilArmed: false
      ) { stage in
        // As an image does that has no names in its configuration.
        try stage.shell(
          """
          [ ! -e /etc/network/interfaces ] || sed -i 's/^auto ens5/auto ens4 ens5\\niface ens4 inet dhcp/' \
            /etc/network/interfaces
          """
        )
      }
      do {
        try Condition.wait(until: "the primary answers", within: .seconds(40)) {
          try stage.cloud.probeFromInternet(try #require(IPAddress("10.0.0.10")), count: 1)
            .isLossless
        }
      } catch {
        throw Condition.Unmet(
          "\(error)\n\(try stage.instance.journal())\(try stage.shell("ip address; ip route"))"
        )
      }
      let tried = try stage.shell("ip address show ens4")
      #expect(!tried.contains(",UP") && !tried.contains("inet "), "\(tried)")
      #expect(try stage.instance.run(["pgrep", "-f", "dhclient.*ens4"]).status != 0)
      #expect(try stage.mainDefaultRoutes().split(separator: "\n").count == 1)
    }

    @Test("the primary is released also where another link has the name of the tried ENI")
    func nameTaken() throws {
      let stage = try Stage.withUs(launch: .secondBeforePrimary) {
        try $0.shell("ip link add nic1 type bridge")
      }
      do {
        try Condition.wait(until: "the primary has the default route", within: .seconds(40)) {
          try stage.mainDefaultRoutes().contains("via 10.0.0.1 dev ens5")
        }
      } catch {
        throw Condition.Unmet(
          "\(error)\n\(try stage.instance.journal())\(try stage.shell("ip address; ip route"))"
        )
      }
      for text in ["10.0.0.10", "10.0.1.10"] {
        let address = try #require(IPAddress(text))
        try Condition.wait(until: "\(text) answers", within: .seconds(30)) {
          try stage.cloud.probeFromInternet(address, count: 1).isLossless
        }
      }
    }

    @Test("the hold ends when IMDS has not named the primary for ten minutes")
    func overdue() throws {
      let stage = try Stage.withUs(launch: .secondBeforePrimary, imds: .isDown, untilArmed: false)
      #expect(try !stage.mainDefaultRoutes().contains("dev ens5"))
      try stage.shell("eni-init refresh --timeout 1 || :")
      #expect(try !stage.mainDefaultRoutes().contains("dev ens5"))
      // As if it had been armed more than ten minutes earlier.
      try stage.shell(
        "read -r link uptime </run/eni-init/candidate; echo $link $((uptime - 601)) >/run/eni-init/candidate"
      )
      let result = try stage.instance.run(["eni-init", "refresh", "--timeout", "1"])
      #expect(result.errors.contains("has not answered for 10 minutes"), "\(result)")
      try Condition.wait(until: "the primary has its lease", within: .seconds(30)) {
        try stage.mainDefaultRoutes().contains("via 10.0.0.1 dev ens5")
      }
    }

    @Test("with IMDS turned off all are left to the image, so that the primary is reached")
    func imdsOff() throws {
      let stage = try Stage.withUs(launch: .secondBeforePrimary, imds: .isOff)
      try Condition.wait(until: "the primary has its lease", within: .seconds(30)) {
        try stage.mainDefaultRoutes().contains("via 10.0.0.1 dev ens5")
      }
      #expect(try stage.instance.journal().contains("all ENIs are left to the image"))
      #expect(try !stage.shell("ip rule").contains("10000"))
    }

    @Test("the facts of another instance are not used")
    func foreignFacts() throws {
      let stage = try Stage.withUs(launch: .secondAfterPrimary) { stage in
        var moved = stage.second
        moved.attachment = try #require(Attachment(networkCard: 0, deviceNumber: 7))
        let other = SimulatedInstance(id: try #require(InstanceID("i-0fedcba9876543210")))
        let foreign = InstanceData(of: other, interfaces: [stage.primary, moved])
        try stage.instance.write("/run/cloud-init/instance-data.json", content: foreign.json())
      }
      try expectSettled(stage)
      #expect(try !stage.shell("ls /etc/systemd/network").contains("nic7"))
    }
  }
}
