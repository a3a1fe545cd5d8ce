// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// The network stacks in guests, under the real systemd and the units' own restrictions.
///
/// What a stack has to do is told in namespaces, by FlowTests; here is one life of each.
@Suite("StackGuestTests: other network stacks in Debian guests", .serialized)
struct StackGuestTests {
  struct Stack: Sendable, CustomTestStringConvertible {
    let image: GuestImage
    /// What makes the guest one that has this stack from its next boot on.
    let change: String
    /// What configures the second ENI.
    let file: String
    /// Succeeds when the stack itself has the second ENI up.
    let isUp: String
    let testDescription: String
  }

  static let stacks = [
    Stack(
      image: .bookworm,
      change: """
        systemctl --quiet disable systemd-networkd.service systemd-networkd-wait-online.service
        rm -f /etc/netplan/*
        cat >/etc/network/interfaces <<'END'
        auto lo
        iface lo inet loopback
        auto ens5
        iface ens5 inet dhcp
        source /etc/network/interfaces.d/*
        source /run/network/interfaces.d/*
        END
        \(helper)
        systemctl --quiet enable networking.service
        """,
      file: "/etc/network/interfaces.d/eni-init-nic1",
      isUp: "ifquery --state nic1",
      testDescription: "ifupdown, with a helper like that of Debian 11's images"
    ),
    Stack(
      image: .trixie,
      change: """
        systemctl --quiet disable systemd-networkd.service systemd-networkd.socket \
          systemd-networkd-wait-online.service
        rm -f /etc/systemd/network/*
        systemctl --quiet enable NetworkManager.service NetworkManager-dispatcher.service
        """,
      file: "/etc/NetworkManager/system-connections/eni-init-nic1.nmconnection",
      isUp:
        "nmcli --terse --fields NAME,DEVICE connection show --active | grep 'eni-init nic1:nic1'",
      testDescription: "NetworkManager"
    ),
    Stack(
      image: .bookworm,
      change: """
        systemctl --quiet disable systemd-networkd.service systemd-networkd-wait-online.service
        rm -f /etc/netplan/*
        cat >/etc/systemd/system/network-script.service <<'END'
        [Unit]
        After=sys-subsystem-net-devices-ens5.device
        Wants=sys-subsystem-net-devices-ens5.device
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=ip link set ens5 up
        ExecStart=ip address add 10.0.0.10/24 dev ens5
        ExecStart=ip route add default via 10.0.0.1 dev ens5
        [Install]
        WantedBy=multi-user.target
        END
        systemctl --quiet enable network-script.service
        """,
      file: "/etc/eni-init/kernel/nic1.sh",
      // Its ip(8) ends with 1 or 2 where a rule is there already, as when the ENI comes back.
      isUp: """
        test "$(systemctl show -P ExecMainExitTimestampMonotonic eni-init-apply@nic1)" -gt 0 &&
          test "$(systemctl show -P ExecMainStatus eni-init-apply@nic1)" -le 2
        """,
      testDescription: "a script"
    ),
  ]

  /// Writes a stanza with DHCP for whatever appears and has none, and brings it up.
  private static let helper = """
    cat >/etc/network/cloud-helper <<'END'
    #!/bin/sh
    if ifup --no-act "$INTERFACE" >/dev/null 2>&1; then exit 0; fi
    mkdir -p /run/network/interfaces.d
    printf 'auto %s\\niface %s inet dhcp\\n' "$INTERFACE" "$INTERFACE" \
      >"/run/network/interfaces.d/$INTERFACE"
    systemctl --no-block start "ifup@$INTERFACE.service"
    END
    chmod +x /etc/network/cloud-helper
    echo 'SUBSYSTEM=="net", ACTION=="add", KERNEL=="eth*|en*", NAME!="ens5", \
      RUN+="/etc/network/cloud-helper"' >/etc/udev/rules.d/75-cloud-ifupdown.rules
    """

  @Test(
    "hot-plugged, rebooted, without IMDS, detached, hot-plugged, rebooted without the program",
    arguments: stacks
  )
  func life(stack: Stack) throws {
    try outlivingPanics { try live(stack) }
  }

  private func live(_ stack: Stack) throws {
    let guest = try Guest(stack.image)
    _ = try guest.install()
    try guest.machine.run(stack.change)
    try guest.reboot()
    let routes = try guest.mainDefaultRoutes()
    try guest.plugSecond()
    try expectRouted(guest, stack, "after the hot-plug")
    #expect(try guest.mainDefaultRoutes() == routes)
    try guest.reboot()
    try expectRouted(guest, stack, "after a reboot")
    try guest.refresh()
    try expectRouted(guest, stack, "after a refresh")
    guest.cloud.imds.fail(with: .status(403))
    try guest.reboot()
    try expectRouted(guest, stack, "after a reboot with IMDS turned off")
    try guest.refresh()
    try expectRouted(guest, stack, "after a refresh with IMDS turned off")
    try guest.expectDetached("detached with IMDS turned off")
    guest.cloud.imds.clearFaults()
    try guest.plugSecond()
    try expectRouted(guest, stack, "after another hot-plug")
    try guest.machine.run("rm /usr/sbin/eni-init && sync")
    try guest.reboot()
    try expectRouted(guest, stack, "after a reboot without the program")
  }

  private func expectRouted(_ guest: Guest, _ stack: Stack, _ moment: Comment) throws {
    // One address may answer while the stack is still at work on the next.
    try Condition.wait(until: "\(stack.testDescription) is done with nic1", within: .seconds(120)) {
      try guest.machine.result(of: stack.isUp).status == 0
    }
    try guest.expectAtRest(moment, file: stack.file)
  }
}
