// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("What the administrator wants left alone is", .serialized)
  struct RefusalTests {
    /// A stage whose second ENI is plugged in and has been looked at.
    private func looked(_ configuration: String) throws -> Stage {
      let stage = try Stage.withUs()
      try stage.instance.write("/etc/eni-init/eni-init.conf", content: configuration)
      try stage.plug(stage.second, as: "ens6")
      let unit = try attachUnit(stage)
      try Condition.wait(until: "the ENI was looked at", within: .seconds(30)) {
        try stage.instance.journal().contains("\(unit): status")
      }
      return stage
    }

    /// The unit that udev starts for the second ENI.
    private func attachUnit(_ stage: Stage) throws -> String {
      let index = try stage.shell("cat /sys/class/net/ens6/ifindex").split(separator: "\n")
      return "eni-init-attach@\(try #require(index.first)).service"
    }

    private func expectHeld(_ stage: Stage) throws {
      let link = try stage.shell("ip -o link show ens6")
      #expect(link.contains("state DOWN") && !link.contains("altname"), "\(link)")
      #expect(try !stage.shell("ls /etc/systemd/network; ip rule").contains("10001"))
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    static let reasons = [
      "MAC=02:00:00:00:00:06", "ENI=eni-00000020000000006", "Subnet=subnet-0a1b2c3d4e5f60719",
      "SecurityGroup=sg-0a1b2c3d4e5f60718 sg-12345678",
    ]

    @Test("an ENI that [Ignore] names stays held, by attach and by refresh", arguments: reasons)
    func ignored(reason: String) throws {
      let stage = try looked("[Ignore]\n\(reason)\n")
      try expectHeld(stage)
      let said = try stage.instance.journal()
      #expect(said.contains("stays held: \(reason.prefix { $0 != " " })"), "\(said)")
      try stage.shell("eni-init refresh")
      try expectHeld(stage)
    }

    @Test(
      "on a host whose ENIs a container network plugin owns, they stay held",
      arguments: ["/etc/cni/net.d/10-aws.conflist", "/run/aws-node/.keep"]
    )
    func containerNetwork(evidence: String) throws {
      let stage = try Stage.withUs()
      try stage.instance.write(evidence, content: "{}\n")
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "the ENI was looked at", within: .seconds(30)) {
        try stage.instance.journal().contains("container network plugin owns")
      }
      try expectHeld(stage)
      try stage.shell("eni-init refresh")
      try expectHeld(stage)
    }

    @Test("with a mistake in the configuration nothing is changed, and the mistake is told")
    func mistake() throws {
      let stage = try looked("[General]\nEnable=no\n")
      try expectHeld(stage)
      let said = try stage.instance.journal()
      #expect(
        said.contains("/etc/eni-init/eni-init.conf:2: there is no setting Enable="),
        "\(said)"
      )
      #expect(said.contains("\(try attachUnit(stage)): status 78"))
      try stage.instance.write("/etc/eni-init/eni-init.conf", content: "[General]\nMTU=1400\n")
      try stage.shell("eni-init refresh")
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.shell("cat /sys/class/net/nic1/mtu") == "1400\n")
    }

    @Test("another prefix renames files and table at once, the link at the next boot")
    func namePrefix() throws {
      let stage = try Stage.routed()
      try stage.instance.write(
        "/etc/eni-init/eni-init.conf",
        content: "[General]\nNamePrefix=net\n"
      )
      try stage.shell("eni-init refresh")
      #expect(try stage.status(of: stage.second)?.hasSuffix("routed") ?? false)
      let address = try #require(IPAddress("10.0.1.10"))
      #expect(try stage.cloud.probeFromInternet(address).isLossless)
      let files = try stage.shell("ls /etc/systemd/network /etc/iproute2/rt_tables.d")
      #expect(files.contains("05-eni-init-net1.network") && !files.contains("nic1"), "\(files)")
      #expect(try stage.shell("ip rule").contains("lookup net1"))
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      #expect(try stage.status(of: stage.second)?.contains(" net1 ") ?? false)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test("on a host that a container network plugin has come to, a detach configures nothing")
    func containerNetworkAtDetach() throws {
      let stage = try Stage.routed()
      try stage.instance.write("/etc/cni/net.d/05-cilium.conflist", content: "{}\n")
      try stage.shell(
        "ip rule del priority 10001 from 10.0.1.11; eni-init detach; eni-init refresh"
      )
      #expect(try !stage.shell("ip rule").contains("10.0.1.11"))
    }

    @Test("turned off, it leaves the next boot to the image")
    func turnedOff() throws {
      let stage = try Stage.withUs()
      try stage.instance.write("/etc/eni-init/eni-init.conf", content: "[General]\nEnabled=no\n")
      try stage.reboot()
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "the image has configured the second ENI", within: .seconds(30)) {
        try stage.shell("ip -o -4 address show").contains("10.0.1.10")
      }
      #expect(try !stage.shell("ip rule").contains("10000"))
    }
  }

  @Suite("A disk is made an image", .serialized)
  struct SealTests {
    private let other = InstanceID("i-0fedcba9876543210")

    @Test("sealed, it holds nothing of the instance, and sealing again changes nothing")
    func seal() throws {
      let stage = try Stage.routed()
      let rules = try stage.shell("ip -N rule")
      try stage.shell("eni-init seal")
      let left = try stage.shell(
        "cd /etc; ls -A eni-init/instances systemd/network iproute2/rt_tables.d"
      )
      #expect(!left.contains("i-0") && !left.contains("nic1"), "\(left)")
      #expect(try stage.shell("ip -N rule") == rules, "what runs goes on")
      let sealed = try stage.shell("ls -A /etc/eni-init/instances /etc/systemd/network")
      let again = try stage.instance.run(["eni-init", "seal"])
      #expect(again.status == 0 && again.errors.isEmpty, "\(again)")
      // What a timer or udev starts until the machine is turned off.
      for command in ["refresh", "attach nic1"] { try stage.shell("eni-init \(command)") }
      #expect(try stage.shell("ls -A /etc/eni-init/instances /etc/systemd/network") == sealed)
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
    }

    @Test("in a chroot without /proc, which tells the command line, it says so and does nothing")
    func withoutProc() throws {
      let stage = try Stage.routed()
      let line = "mount -t tmpfs none /proc && exec eni-init seal"
      let result = try stage.instance.run(["unshare", "--mount", "sh", "-c", line])
      #expect(result.status == 71, "\(result)")
      #expect(result.errors.contains("mount proc on /proc"), "\(result)")
      #expect(try stage.shell("ls /etc/eni-init/instances").contains("i-0"))
    }

    @Test("launched as another instance, nothing of the old one applies", arguments: [true, false])
    func launched(isSealed: Bool) throws {
      let other = try #require(other)
      let stage = try Stage.routed()
      // As `cloud-init clean` does it.
      if isSealed { try stage.shell("/etc/cloud/clean.d/50-eni-init") }
      let successor = try SimulatedENI(
        mac: "02:00:00:00:00:99",
        device: 0,
        ipv4: .init("10.0.9.0/24", "10.0.9.10")
      )
      try stage.relaunch(as: other, primary: successor)
      try Condition.wait(until: "the new primary is on record", within: .seconds(30)) {
        try stage.shell("ls -R /etc/eni-init/instances").contains("02:00:00:00:00:99")
      }
      let files = try stage.shell("find /etc/eni-init /etc/systemd/network /etc/iproute2 -type f")
      #expect(!files.contains("05-") && !files.contains("02:00:00:00:00:06"), "\(files)")
      #expect(try !stage.shell("ls /etc/eni-init/instances").contains("i-0123456789abcdef0"))
      #expect(try !stage.shell("ip rule").contains("10001"))
      let address = try #require(IPAddress("10.0.9.10"))
      #expect(try stage.cloud.probeFromInternet(address).isLossless)
    }
  }
}
