// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// Other links that have an ENI's MAC or name.
  @Suite("Another link has the MAC or the name of an ENI", .serialized)
  struct BorrowedMAC {
    typealias Image = StackTests.Image

    static let images =
      [
        Image(
          image: .networkd,
          file: "/etc/systemd/network/05-eni-init-nic1.network",
          testDescription: "networkd"
        )
      ] + StackTests.images

    /// Each is made by `ip link add`; a kind that this kernel lacks is left out.
    private static let kinds = [
      ("bridge", ""), ("bond", ""), ("dummy", ""), ("vlan", "id 7"), ("macvlan", "mode bridge"),
      ("macvtap", "mode bridge"), ("ipvlan", ""),
    ]

    private static func script(_ mac: MACAddress) -> String {
      kinds.map { kind, options in command(kind, options, mac) }.joined(separator: "\n")
    }

    private static func command(_ kind: String, _ options: String, _ mac: MACAddress) -> String {
      let parent = kind.contains("vlan") || kind == "macvtap" ? "link ens5" : ""
      return """
        if ip link add \(parent) name o\(kind) type \(kind) \(options) 2>/dev/null; then
          ip link set o\(kind) address \(mac) 2>/dev/null
          ip link set o\(kind) up; ip address add 192.0.2.9/32 dev o\(kind)
        fi
        """
    }

    /// What must stay of them: names, flags, groups, MTUs, addresses, no alternative name.
    private static let look = """
      for link in /sys/class/net/o*; do
        cd $link && echo ${link##*/}; cat flags netdev_group mtu address
        ip -o -4 address show dev ${link##*/}; ip link show ${link##*/} | grep altname || :
      done
      """

    private func stage(_ image: Image) throws -> Stage {
      // The image has DHCP for any Ethernet link, which may as well be one of these.
      try Stage.withUs(image: image.image) { stage in
        try stage.instance.write(
          "/etc/systemd/network/50-others.network",
          content: "[Match]\nName=o*\n\n[Link]\nUnmanaged=yes\n"
        )
      }
    }

    /// Makes the links.
    private func makeLinks(_ stage: Stage) throws -> String {
      _ = try stage.instance.run(["sh", "-c", Self.script(stage.second.mac)])
      let links = try stage.shell(Self.look)
      #expect(links.contains("obridge") && links.contains("omacvlan"), "\(links)")
      try #require(links.contains(stage.second.mac.description))
      return links
    }

    /// Waits until the stack that runs has decided about each of them.
    private func waitUntilDecided(_ stage: Stage, _ image: Image) throws {
      let question =
        switch image.testDescription {
        case "networkd", "netplan":
          """
          for link in /sys/class/net/o*; do
            grep -q ADMIN_STATE=unmanaged /run/systemd/netif/links/$(cat $link/ifindex) || exit 1
          done
          """
        case "NetworkManager":
          """
          ! nmcli --terse --fields DEVICE,CONNECTION device | grep '^o.*eni-init' &&
            nmcli --terse --fields DEVICE,STATE device | grep '^obridge:'
          """
        default: "true"
        }
      do {
        try Condition.wait(until: "the stack leaves them alone", within: .seconds(20)) {
          try stage.instance.run(["sh", "-c", question]).status == 0
        }
      } catch {
        let state = try stage.shell("cat /run/systemd/netif/links/* || :")
        throw Condition.Unmet("\(error)\n\(state)")
      }
    }

    private func expectRouted(_ stage: Stage, _ moment: Comment) throws {
      try stage.waitUntilRouted(stage.second)
      for text in ["10.0.1.10", "10.0.1.11", "10.0.0.10"] {
        let report = try stage.cloud.probeFromInternet(try #require(IPAddress(text)))
        #expect(report.isLossless, "\(moment): \(text): \(report)")
      }
    }

    @Test(
      "a link with its MAC that is there first or comes later stays as it is",
      arguments: images
    )
    func mac(_ image: Image) throws {
      let stage = try stage(image)
      let first = try makeLinks(stage)
      try stage.plug(stage.second, as: "ens6")
      try expectRouted(stage, "the links were there first")
      try waitUntilDecided(stage, image)
      #expect(try stage.shell(Self.look) == first)
      #expect(try stage.shell("cat /sys/class/net/nic1/address") == "\(stage.second.mac)\n")

      // The stack reads its files anew, as netplan's needs to.
      try stage.reboot()
      try stage.waitUntilRouted(stage.second)
      let later = try makeLinks(stage)
      try waitUntilDecided(stage, image)
      try stage.shell("eni-init refresh; eni-init attach \(stage.second.mac)")
      #expect(try stage.shell(Self.look) == later)
      try expectRouted(stage, "the links came later")
      let refused = try stage.instance.run(["eni-init", "attach", "obridge"])
      #expect(refused.status == 64 && refused.errors.contains("obridge is no ENI"), "\(refused)")

      // The ENI becomes a port of a bridge, whose MAC is then the ENI's.
      try stage.shell("ip link set nic1 master obridge")
      let state = try stage.shell(Self.look)
      try stage.shell("eni-init refresh; eni-init status")
      #expect(try stage.shell(Self.look) == state)
    }

    @Test("a link with its name gets nothing, and the ENI its configuration", arguments: images)
    func name(_ image: Image) throws {
      // netplan's wildcard of the image would give the bridge DHCP.
      let stage = try Stage.withUs(image: image.image) { stage in
        try stage.instance.write(
          "/etc/systemd/network/00-bridge.network",
          content: "[Match]\nKind=bridge\n\n[Link]\nUnmanaged=yes\n"
        )
      }
      try stage.shell(
        """
        ip link add nic1 type bridge; ip link set nic1 up; ip address add 192.0.2.9/32 dev nic1
        """
      )
      let look = "cat /sys/class/net/nic1/flags; ip -o -4 address show nic1; ip -o link show nic1"
      let before = try stage.shell(look)
      try stage.plug(stage.second, as: "ens6")
      if ["networkd", "netplan"].contains(image.testDescription) {
        try expectRouted(stage, "under its old name")
      } else {
        try Condition.wait(until: "it is refused", within: .seconds(30)) {
          try stage.instance.journal().contains(
            "the name nic1 belongs to the network interface nic1"
          )
        }
        try stage.waitUntilIdle()
        #expect(try stage.instance.run(["test", "-e", image.file]).status != 0)
        #expect(try !stage.shell("ls \(stage.records)").contains(stage.second.mac.description))
        #expect(try stage.shell("ip -o -4 address show ens6").isEmpty)
        #expect(try !stage.shell("ip rule").contains("10001"))
      }
      #expect(try stage.shell(look) == before)
      try stage.shell("ip link del nic1; eni-init attach ens6")
      try expectRouted(stage, "after the name was free")
    }

    @Test(
      "what starts by name at a boot leaves another link with the name alone",
      arguments: [
        ("kernel", "systemctl start eni-init-apply@nic1.service"),
        ("ifupdown", "ifup --force nic1"),
      ]
    )
    func boot(stack: String, command: String) throws {
      let image = try #require(Self.images.first { $0.testDescription == stack })
      let stage = try Stage.withUs(image: image.image)
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try stage.shell(
        "ip link set nic1 down; ip link set nic1 name ens6; ip link add nic1 type bridge"
      )
      let look = "cat /sys/class/net/nic1/flags; cat /proc/sys/net/ipv6/conf/nic1/accept_ra"
      let before = try stage.shell(look)
      _ = try stage.instance.run(["sh", "-c", command])
      #expect(try stage.shell(look) == before)
      #expect(try stage.shell("ip -o address show nic1").isEmpty)
    }
  }
}
