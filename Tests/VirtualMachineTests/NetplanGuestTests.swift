// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// Guests whose administrator wants netplan's YAML, beside the file that cloud-init writes for the
/// primary and the image's wildcard.
@Suite("NetplanGuestTests: Debian guests with Stack=netplan", .serialized)
struct NetplanGuestTests {
  private static let file = "/etc/netplan/00-eni-init-nic1.yaml"

  private static let change = """
    cat >/etc/netplan/50-cloud-init.yaml <<'END'
    network:
        version: 2
        ethernets:
            ens5:
                dhcp4: true
                dhcp6: false
                match:
                    macaddress: 02:00:00:00:00:05
                set-name: ens5
    END
    chmod 600 /etc/netplan/50-cloud-init.yaml
    mkdir -p /etc/eni-init/eni-init.conf.d
    printf '[General]\\nStack=netplan\\n' >/etc/eni-init/eni-init.conf.d/stack.conf
    """

  @Test(
    "hot-plugged, applied, rebooted, applied, without IMDS, detached, without the program",
    arguments: GuestImage.releases
  )
  func life(image: GuestImage) throws {
    try outlivingPanics { try live(image) }
  }

  private func live(_ image: GuestImage) throws {
    let guest = try Guest(image)
    _ = try guest.install()
    try guest.machine.run(Self.change)
    try guest.reboot()
    let routes = try guest.mainDefaultRoutes()
    try guest.plugSecond()
    try guest.expectAtRest("after the hot-plug", file: Self.file)
    #expect(try guest.mainDefaultRoutes() == routes)
    try apply(guest, "applied while eni-init configures it")
    try guest.reboot()
    try guest.expectAtRest("after a reboot", file: Self.file)
    try expectConfiguredByNetplan(guest, "after a reboot")
    try apply(guest, "applied while netplan configures it")
    try expectConfiguredByNetplan(guest, "applied")
    try guest.refresh()
    try guest.expectAtRest("after a refresh", file: Self.file)
    guest.cloud.imds.fail(with: .status(403))
    try guest.reboot()
    try guest.expectAtRest("after a reboot with IMDS turned off", file: Self.file)
    guest.cloud.imds.clearFaults()
    try guest.expectDetached("detached")
    try guest.plugSecond()
    try guest.expectAtRest("after another hot-plug", file: Self.file)
    try guest.machine.run("rm /usr/sbin/eni-init && sync")
    try guest.reboot()
    try guest.expectAtRest("after a reboot without the program", file: Self.file)
    try expectConfiguredByNetplan(guest, "after a reboot without the program")
  }

  /// Generating alone changes no link; applying reads all links again, so a moment without an answer
  /// is netplan's.
  private func apply(_ guest: Guest, _ moment: Comment) throws {
    try guest.machine.run("netplan generate", within: .seconds(120))
    try guest.expectAtRest("generated", file: Self.file)
    let said = try guest.machine.run("netplan apply 2>&1", within: .seconds(180))
    print("\(guest.image), \(moment): netplan apply said \(said.isEmpty ? "nothing" : said)")
    try Condition.wait(until: "the primary has its lease again", within: .seconds(120)) {
      try guest.mainDefaultRoutes().contains("dev \(guest.primaryLink) ")
    }
    try guest.refresh()
    try guest.expectAtRest(moment, file: Self.file)
  }

  private func expectConfiguredByNetplan(_ guest: Guest, _ moment: Comment) throws {
    let status = try guest.machine.run("networkctl --no-pager status nic1")
    #expect(status.contains("/10-netplan-00-eni-init-nic1.network"), "\(moment)")
  }
}
