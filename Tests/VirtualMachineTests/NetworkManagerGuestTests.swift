// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// A profile that asks for a lease on any Ethernet device, before whatever else NetworkManager has.
@Suite("NetworkManagerGuestTests: a wildcard profile in a Debian guest", .serialized)
struct NetworkManagerGuestTests {
  private static let file = "/etc/NetworkManager/system-connections/eni-init-nic1.nmconnection"
  /// One less than the highest, which ours has.
  private static let wildcard = """
    cat >/etc/NetworkManager/system-connections/any.nmconnection <<'END'
    [connection]
    id=any
    type=ethernet
    multi-connect=3
    autoconnect-priority=998
    [ipv4]
    method=auto
    [ipv6]
    method=auto
    END
    chmod 600 /etc/NetworkManager/system-connections/any.nmconnection
    """

  @Test("it takes neither an ENI that is held nor one that is configured")
  func life() throws {
    try outlivingPanics { try live() }
  }

  private func live() throws {
    let stack = try #require(
      StackGuestTests.stacks.first { $0.testDescription == "NetworkManager" }
    )
    let guest = try Guest(stack.image)
    _ = try guest.install()
    try guest.machine.run(stack.change)
    try guest.machine.run(Self.wildcard)
    try guest.reboot()
    #expect(try profile(of: guest.primaryLink, guest) == "any", "the wildcard is in force")
    try expectHeld(guest)
    guest.cloud.imds.clearFaults()
    try expectRouted(guest, "after the hot-plug")
    try guest.reboot()
    try expectRouted(guest, "after a reboot")
    try guest.machine.run(
      "nmcli connection reload && nmcli device reapply nic1",
      within: .seconds(120)
    )
    try expectRouted(guest, "reloaded")
    try guest.machine.run(
      "nmcli device disconnect nic1 && nmcli device connect nic1",
      within: .seconds(120)
    )
    try expectRouted(guest, "connected again, by whatever profile fits best")
    try guest.machine.run("systemctl restart NetworkManager.service", within: .seconds(120))
    try expectRouted(guest, "restarted")
    try guest.expectDetached("detached")
  }

  /// Without IMDS nothing is known of it.
  private func expectHeld(_ guest: Guest) throws {
    guest.cloud.imds.refuseConnections(for: .seconds(3600))
    try guest.plugSecond()
    try Condition.wait(until: "NetworkManager has seen the ENI", within: .seconds(120)) {
      try guest.machine.run("nmcli --terse --fields DEVICE,STATE device").contains("ens6:unmanaged")
    }
    try guest.machine.run("nmcli connection reload && udevadm trigger /sys/class/net/ens6 --settle")
    #expect(
      try guest.machine.run("nmcli --terse --fields DEVICE,STATE device").contains(
        "ens6:unmanaged"
      ),
      "held"
    )
    try guest.expectNoDHCP("held")
  }

  private func expectRouted(_ guest: Guest, _ moment: Comment) throws {
    try guest.expectAtRest(moment, file: Self.file)
    #expect(try profile(of: "nic1", guest) == "eni-init nic1", moment)
    #expect(try profile(of: guest.primaryLink, guest) == "any", moment)
  }

  /// The name of the profile that a device has.
  private func profile(of link: String, _ guest: Guest) throws -> String {
    try guest.machine.run("nmcli --get-values GENERAL.CONNECTION device show \(link)")
      .split(separator: "\n").joined()
  }
}
