// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// With `ContainerPorts=yes` systemd itself loads the marks.
///
/// The attach of an ENI restarts the service, and a boot starts it. FlowTests prove in namespaces that a
/// published port then answers; this proves it once, with the marks that systemd has loaded.
@Suite("ContainerPortsGuestTests: the marks in Debian guests", .serialized)
struct ContainerPortsGuestTests {
  @Test("loaded when an ENI is hot-plugged, and at boot", arguments: GuestImage.releases)
  func life(image: GuestImage) throws {
    try outlivingPanics { try live(image) }
  }

  private func live(_ image: GuestImage) throws {
    let guest = try Guest(image)
    _ = try guest.install()
    try guest.machine.run(Self.configuration)
    try guest.plugSecond()
    try expectMarked(guest, "after the hot-plug")
    try guest.reboot()
    try expectMarked(guest, "after a reboot")
    let loaded = try guest.moment("ExecMainExit", of: "eni-init-container-ports.service")
    #expect(
      try loaded <= guest.moment("ActiveEnter", of: "network-pre.target"),
      "before anything comes in"
    )
    try guest.unplugSecond()
    try Condition.wait(until: "the rules are gone", within: .seconds(60)) {
      try !guest.machine.run("ip rule").contains("fwmark")
    }
    try guest.expectRunning("after the detach")
  }

  /// The wildcard of one of the images is for any Ethernet link, and a veth is one.
  private static let configuration = """
    mkdir -p /etc/eni-init/eni-init.conf.d
    printf '[General]\\nContainerPorts=yes\\n' >/etc/eni-init/eni-init.conf.d/ports.conf
    cat >/etc/systemd/network/04-container.network <<'END'
    [Match]
    Name=docker0 veth0
    [Link]
    Unmanaged=yes
    END
    """

  private func expectMarked(_ guest: Guest, _ moment: Comment) throws {
    try guest.expectAtRest(moment)
    do {
      try Condition.wait(until: "the marks are loaded", within: .seconds(60)) {
        try guest.machine.result(of: "nft list map inet eni-init links").output.contains("\"nic1\"")
      }
    } catch {
      throw Condition.Unmet(
        """
        \(moment): \(error)
        \(try guest.machine.result(of: "nft list ruleset; systemctl status 'eni-init-c*'").output)
        """
      )
    }
    try guest.machine.run(Self.container)
    let dropped = try guest.cloud.vpc.sourceCheckDrops(of: guest.primary.id).total
    let published = try #require(guest.second.addresses.first)
    #expect(try guest.cloud.probeFromInternet(published).isLossless, moment)
    #expect(
      try !guest.machine.run("nft list counter ip published requests").contains(" packets 0 "),
      "\(moment): the container has answered"
    )
    #expect(
      try guest.cloud.vpc.sourceCheckDrops(of: guest.primary.id).total == dropped,
      "\(moment): by the ENI that was asked"
    )
    try guest.machine.run(
      "nft delete table ip published; ip netns delete container; ip link delete docker0"
    )
  }

  /// A bridge with a namespace behind it, as container engines make them, and an echo request in the
  /// place of a published port.
  private static let container = """
    set -eu
    echo 1 >/proc/sys/net/ipv4/ip_forward
    ip link add docker0 type bridge
    ip address add 172.17.0.1/16 dev docker0
    ip link set docker0 up
    ip netns add container
    ip link add veth0 type veth peer name eth0 netns container
    ip link set veth0 master docker0 up
    ip -n container address add 172.17.0.2/16 dev eth0
    ip -n container link set eth0 up
    ip -n container route add default via 172.17.0.1
    nft -f - <<'END'
    table ip published {
      counter requests { }
      chain prerouting {
        type nat hook prerouting priority dstnat
        ip daddr 10.0.1.10 icmp type echo-request counter name requests dnat to 172.17.0.2
      }
    }
    END
    """
}
