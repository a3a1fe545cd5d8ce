// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// Each thing is broken for real, and has to be found under its name.
  @Suite("What a check-up finds", .serialized)
  struct CheckTests {
    struct Damage: Sendable, CustomTestStringConvertible {
      /// The finding that has to come.
      let id: String
      /// What is done to the stage.
      let cause: @Sendable (Stage) throws -> Void
      let testDescription: String

      /// Damage by a shell line in the instance.
      init(_ id: String, _ line: String) {
        self.init(id, as: line) { try $0.shell(line) }
      }

      init(
        _ id: String,
        as description: String,
        _ cause: @escaping @Sendable (Stage) throws -> Void
      ) {
        self.id = id
        self.cause = cause
        testDescription = "\(id): \(description)"
      }
    }

    static let damages = [
      Damage("file-drift", "echo >>/etc/systemd/network/05-eni-init-nic1.network"),
      Damage("kernel-drift", "ip rule del from 10.0.1.11"),
      Damage("leftover", "ip rule add priority 10001 from 10.0.1.99 lookup 10001"),
      Damage("asymmetric-reply", "ip rule add priority 100 from 10.0.1.10 lookup main"),
      Damage("asymmetric-reply", "ip rule add priority 100 to 192.0.2.0/24 blackhole"),
      Damage("second-default-route", "ip route add default via 10.0.1.1 dev nic1 metric 999"),
      Damage("mtu", "ip link set nic1 mtu 1400"),
      Damage("arp", "echo 8 >/proc/sys/net/ipv4/conf/nic1/arp_ignore"),
      Damage("arp", "echo 2 >/proc/sys/net/ipv4/conf/all/arp_ignore"),
      Damage(
        "forwarding",
        """
        ip address add 2600:1f18::5/64 dev ens5 nodad
        echo 1 >/proc/sys/net/ipv6/conf/ens5/forwarding
        echo 1 >/proc/sys/net/ipv6/conf/ens5/accept_ra
        """
      ),
      Damage("forwarding", "\(containerPorts); echo 0 >/proc/sys/net/ipv4/ip_forward"),
      Damage(
        "reverse-path-filter",
        "\(containerPorts); echo 1 >/proc/sys/net/ipv4/conf/nic1/rp_filter"
      ),
      Damage(
        "dhcp-client",
        "dhclient -nw -sf /bin/true -lf /tmp/leases -pf /tmp/dhclient.pid nic1"
      ),
      Damage("lease", "ip address add 10.0.1.77/24 dev nic1 valid_lft 900 preferred_lft 900"),
      Damage(
        "foreign-configuration",
        """
        printf '[Match]\\nName=nic1\\n[Network]\\nAddress=10.0.1.10/24\\n' \
          >/etc/systemd/network/01-by-hand.network
        networkctl reload
        """
      ),
      Damage("rival-manager", "mkdir -p /etc/default; touch /etc/default/cloud-netconfig"),
      Damage("hold-disarmed", "ln -s /dev/null /etc/systemd/network/06-eni-init-hold.network"),
      Damage(
        "marks-missing",
        "\(containerPorts); nft delete element inet eni-init links '{ nic1 }'"
      ),
      Damage("left-alone", "mkdir -p /etc/cni/net.d; touch /etc/cni/net.d/10-aws.conflist"),
      Damage("eni-held", "ip link set nic1 down; ip address flush dev nic1"),
      Damage("imds-unreachable", as: "IMDS refuses connections") {
        $0.cloud.imds.refuseConnections(for: .seconds(600))
      },
      Damage("facts-malformed", as: "an id that is none") { stage in
        stage.cloud.imds.override("\(directory(stage))/interface-id", with: "eni-$(reboot)")
      },
      Damage("primary-unknown", as: "no record, no IMDS") { stage in
        stage.cloud.imds.refuseConnections(for: .seconds(600))
        try stage.shell(
          "rm -r /etc/eni-init/instances; udevadm trigger --settle /sys/class/net/ens5"
        )
      },
      Damage("eni-not-visible", as: "an ENI that IMDS alone knows") { stage in
        stage.cloud.imds.attach(try third(device: 2))
      },
      Damage("eni-not-listed", as: "an ENI that IMDS does not list") { stage in
        stage.cloud.imds.override(directory(stage), with: nil)
      },
      Damage("duplicate-slot", as: "two ENIs with one device number") { stage in
        try stage.plug(try third(device: 2), as: "ens7")
        try stage.waitUntilRouted(try third(device: 2))
        stage.cloud.imds.override("\(directory(stage))/device-number", with: "2")
      },
    ]

    private static let containerPorts =
      "printf '[General]\\nContainerPorts=yes\\n' >/etc/eni-init/eni-init.conf; echo 1 >/proc/sys/net/ipv4/ip_forward; "
      + "eni-init refresh"

    private static func directory(_ stage: Stage) -> String {
      "meta-data/network/interfaces/macs/\(stage.second.mac)"
    }

    private static func third(device: Int) throws -> SimulatedENI {
      try SimulatedENI(
        mac: "02:00:00:00:00:07",
        device: device,
        ipv4: .init("10.0.2.0/24", "10.0.2.10")
      )
    }

    @Test("nothing, where nothing is wrong")
    func nothing() throws {
      let stage = try Stage.routed()
      let nothing = try stage.instance.run(["eni-init", "check"])
      #expect(nothing.status == 0, "\(nothing)")
      #expect(nothing.output == "Nothing found: replies are symmetric.\n")
      #expect(nothing.errors.isEmpty)
    }

    @Test("what is broken, by its name, and an exit status that tells", arguments: damages)
    func damage(_ damage: Damage) throws {
      let stage = try Stage.routed()
      // Some damage is a setting for all links.
      stage.intendedForeignChanges = [.setting]
      try damage.cause(stage)
      let result = try stage.instance.run(["eni-init", "check"])
      #expect(result.output.contains(": \(damage.id)"), "\(result)")
      #expect(result.status == (result.output.contains("problem: ") ? 2 : 1), "\(result)")
    }
  }
}
