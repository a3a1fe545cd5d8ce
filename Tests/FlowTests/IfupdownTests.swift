// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// ifupdown beside the helper of Debian 11's cloud images, which writes a stanza with DHCP for each new
  /// NIC that no stanza knows.
  @Suite("With ifupdown and the image's own helper", .serialized)
  struct IfupdownTests {
    private static let helper = """
      #!/bin/sh
      PATH=/usr/sbin:/usr/bin:/sbin:/bin
      if ifup --no-act "$INTERFACE" >/dev/null 2>&1; then exit 0; fi
      mkdir -p /run/network/interfaces.d
      printf 'allow-hotplug %s\\niface %s inet dhcp\\n' "$INTERFACE" "$INTERFACE" \\
        >"/run/network/interfaces.d/$INTERFACE"
      systemctl --no-block start "ifup@$INTERFACE.service"

      """
    private static let rule = #"""
      SUBSYSTEM=="net", ACTION=="add", KERNEL=="ens*", RUN+="/etc/network/cloud-helper"

      """#
    private static let interfaces = """
      auto lo
      iface lo inet loopback
      source /etc/network/interfaces.d/*
      source /run/network/interfaces.d/*

      """

    /// An instance whose primary has DHCP from the helper alone.
    private func stage() throws -> Stage {
      let stage = try Stage.withUs(image: StackTests.images[0].image)
      try stage.instance.write("/etc/network/cloud-helper", content: Self.helper)
      try stage.instance.check(["chmod", "+x", "/etc/network/cloud-helper"])
      try stage.instance.write("/etc/udev/rules.d/75-cloud-ifupdown.rules", content: Self.rule)
      try stage.instance.write("/etc/network/interfaces", content: Self.interfaces)
      try stage.reboot()
      return stage
    }

    private func giveSecondaryAddress(_ stage: Stage) throws {
      var primary = stage.primary
      primary.ipv4 = try SimulatedENI.Block("10.0.0.0/24", "10.0.0.10", "10.0.0.20").parsed()
      try stage.cloud.update(primary)
      try stage.shell("eni-init refresh")
    }

    private func expectPrimary(_ stage: Stage, _ moment: Comment) throws {
      #expect(try stage.mainDefaultRoutes().contains("dev ens5"), moment)
      for address in ["10.0.0.10", "10.0.0.20"].compactMap({ IPAddress($0) }) {
        #expect(try stage.cloud.probeFromInternet(address).isLossless, "\(moment): \(address)")
      }
    }

    @Test("the helper gives the primary DHCP after a reboot, and the script its other addresses")
    func primary() throws {
      let stage = try stage()
      try giveSecondaryAddress(stage)
      try expectPrimary(stage, "at once")
      try stage.shell("rm /run/network/interfaces.d/ens5")
      let known = try stage.instance.run(["ifup", "--no-act", "--force", "ens5"])
      #expect(known.status != 0 && known.errors.contains("unknown interface"), "\(known)")
      try stage.reboot()
      try Condition.wait(until: "the script has run") {
        try stage.shell("ip address show ens5").contains("10.0.0.20/32")
      }
      try expectPrimary(stage, "after a reboot")
      #expect(try stage.shell("eni-init refresh 2>&1").isEmpty)
    }

    @Test("no unit of ifupdown fails for an ENI that is held, hot-plugged or found at a boot")
    func units() throws {
      let stage = try stage()
      var late = stage.second
      late.timeline = late.timeline.listed(after: .seconds(3))
      try stage.plug(late, as: "ens6")
      try Condition.wait(until: "it is refused") {
        try stage.instance.journal().contains("ens6 is held by eni-init(8)")
      }
      try stage.waitUntilRouted(stage.second)
      try expectNoFailure(stage)
      try stage.shell("eni-init seal; eni-init arm")
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      try expectNoFailure(stage)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    /// An administrator's stanza from the time when the ENI had the kernel's name.
    private static let formerStanza = """
      auto ens6
      iface ens6 inet dhcp

      """

    @Test("networking.service succeeds with a stanza for the kernel's name of an ENI that is nic1")
    func stanzaForKernelName() throws {
      let stage = try stage()
      try stage.instance.write(
        "/etc/network/interfaces",
        content: Self.interfaces + Self.formerStanza
      )
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      try expectNoFailure(stage)
      try expectNetworkingSucceeded(stage)
      // The ENI is known, and not yet when an instance boots for the first time.
      try stage.shell("eni-init seal")
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      try expectNetworkingSucceeded(stage)
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    @Test("a failed networking.service starts again when the ENIs that failed it are known")
    func retry() throws {
      let stage = try stage()
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try stage.instance.write(
        "/etc/network/interfaces",
        content: Self.interfaces + Self.formerStanza
      )
      try stage.shell("eni-init seal")
      stage.cloud.imds.refuseConnections(for: .seconds(3600))
      try stage.reboot()
      try Condition.wait(until: "networking.service has failed") {
        try stage.instance.journal().contains("networking.service: status 1")
      }
      #expect(try restarts(stage, after: "exit-code") == "", "ens6 is still unknown")
      stage.cloud.imds.clearFaults()
      try stage.shell("eni-init attach ens6")
      try expectNetworkingSucceeded(stage)
      try stage.shell("echo ens6 >/run/eni-init/ifupdown-refused")
      #expect(try restarts(stage, after: "success") == "")
      #expect(try restarts(stage, after: "exit-code") == "--no-block start networking.service\n")
      #expect(try stage.cloud.vpc.dhcpPackets(of: stage.second.id).isEmpty)
    }

    /// What the end of the service with this result asks of systemctl(1).
    private func restarts(_ stage: Stage, after result: String) throws -> String {
      try stage.shell(
        """
        mkdir -p /run/stub; printf '#!/bin/sh\necho "$@"\n' >/run/stub/systemctl
        chmod +x /run/stub/systemctl
        PATH=/run/stub:$PATH SERVICE_RESULT=\(result) /usr/lib/eni-init/retry-networking
        """
      )
    }

    @Test("an administrator's exclusions stay, and those of ENIs end when the service stops")
    func exclusions() throws {
      let stage = try stage()
      try stage.instance.write(
        "/etc/network/interfaces",
        content: Self.interfaces + Self.formerStanza + "auto ens9\niface ens9 inet dhcp\n"
      )
      try stage.instance.write("/etc/default/networking", content: "EXCLUDE_INTERFACES=ens9\n")
      try stage.plug(stage.second, as: "ens6")
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      try expectNetworkingSucceeded(stage)
      #expect(
        try stage.shell("cat /run/eni-init/ifupdown-excluded")
          == "EXCLUDE_INTERFACES=\"ens9 ens6\"\n"
      )
      try stage.instance.write("/etc/network/interfaces", content: Self.interfaces)
      try stage.shell("EXCLUDE_INTERFACES=ens9 /usr/lib/eni-init/exclude-enis")
      #expect(try stage.shell("ls /run/eni-init").contains("excluded") == false)
    }

    @Test("an ENI is not brought up by an alternative name either")
    func alternativeName() throws {
      let stage = try stage()
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      let before = try stage.shell("ip -o address show nic1; ip route show table all")
      try stage.instance.write(
        "/etc/network/interfaces",
        content: """
          \(Self.interfaces)
          auto enp0s6
          iface enp0s6 inet static
            address 10.0.1.77/24

          """
      )
      try stage.shell("ip link property add dev nic1 altname enp0s6")
      let said = try stage.instance.run(["ifup", "enp0s6"])
      #expect(said.status != 0 && said.errors.contains("enp0s6 is another name of nic1"), "\(said)")
      #expect(try stage.shell("ip -o address show nic1; ip route show table all") == before)
      _ = try stage.instance.run(["systemctl", "start", "networking.service"])
      try expectNetworkingSucceeded(stage)
    }

    /// At last: in a first boot it may fail until the ENI is known.
    private func expectNetworkingSucceeded(_ stage: Stage) throws {
      do {
        try Condition.wait(until: "networking.service has succeeded") {
          try stage.instance.journal().split(separator: "\n")
            .last { $0.hasPrefix("networking.service: status ") } == "networking.service: status 0"
        }
      } catch {
        throw Condition.Unmet("\(error)\n\(try stage.instance.journal())")
      }
    }

    private func expectNoFailure(_ stage: Stage) throws {
      let ends = try stage.instance.journal().split(separator: "\n").filter {
        $0.contains(".service: status ")
      }
      #expect(ends.contains("ifup@nic1.service: status 0"), "\(ends)")
      #expect(ends.allSatisfy { $0.hasSuffix("status 0") }, "\(ends)")
    }

    /// As the first version of this package wrote it.
    private static let retiredStanza = """
      # Written by eni-init(8); changes here are lost.
      # Secondary addresses of the primary ENI, MAC 02:00:00:00:00:00
      # Instance i-0123456789abcdef0

      iface ens5 inet manual
          up ip address replace 10.0.0.20/32 dev ens5 || :

      """
    private static let formerPath = "/etc/network/interfaces.d/eni-init_primary"

    @Test("a refresh puts the script in the place of a stanza of an earlier version")
    func migration() throws {
      let stage = try stage()
      try stage.instance.write(Self.formerPath, content: Self.retiredStanza)
      try giveSecondaryAddress(stage)
      #expect(try stage.instance.run(["test", "-e", Self.formerPath]).status != 0)
      try stage.reboot()
      try Condition.wait(until: "the script has run") {
        try stage.shell("ip address show ens5").contains("10.0.0.20/32")
      }
      try expectPrimary(stage, "after a reboot")
    }
  }
}
