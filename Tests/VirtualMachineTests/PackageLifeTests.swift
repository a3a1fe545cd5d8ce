// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// Each guest lives through everything in order, since a boot is dear without hardware
/// virtualisation; what fails is recorded by name and the life goes on.
@Suite("VirtualMachineTests: the package in Debian guests", .serialized)
struct PackageLifeTests {
  @Test(
    "installed, hot-plugged, rebooted, without IMDS, without the program, detached",
    arguments: GuestImage.allCases
  )
  func life(image: GuestImage) throws {
    // A panic of the guest's kernel is the emulator's (see VirtualMachineConfiguration): the life
    // begins anew. Nothing else is tried twice.
    for _ in 1...2 {
      do {
        return try live(image)
      } catch VirtualMachineError.panicked {
        continue
      }
    }
    try live(image)
  }

  private func live(_ image: GuestImage) throws {
    let guest = try Guest(image)
    try install(guest)
    try hotPlug(guest)
    try reboot(guest, "after a reboot")
    guest.cloud.imds.refuseConnections(for: .seconds(3600))
    try reboot(guest, "after a reboot with IMDS down")
    try guest.machine.run("rm /usr/sbin/eni-init && sync")
    try reboot(guest, "after a reboot without the program")
    try detach(guest)
  }

  private func install(_ guest: Guest) throws {
    let live = """
      ip -o link; ip -o -4 address | sed 's/valid_lft.*//'; ip rule; ip route
      """
    let before = try guest.machine.run(live)
    let probe = try probePrimary(guest)
    let said = try guest.install()
    #expect(try probe.stop().isLossless, "the primary answered all the time")
    #expect(try guest.machine.run(live) == before, "installing changes no live link")
    #expect(
      try guest.machine.result(of: "cat /etc/eni-init/instances/*/primary").output
        == "ENI_INIT_ROLE=primary\n",
      "installing puts the primary on record, which arms the hold: \(said)"
    )
  }

  private func probePrimary(_ guest: Guest) throws -> ContinuousProbe {
    let primary = try #require(IPAddress("10.0.0.10"))
    return try guest.cloud.vpc.internet.namespace.startProbing(primary, every: .milliseconds(200))
  }

  private func hotPlug(_ guest: Guest) throws {
    let routes = try guest.mainDefaultRoutes()
    let probe = try probePrimary(guest)
    try guest.plugSecond()
    try guest.waitUntilAnswering(try #require(IPAddress("10.0.1.10")))
    try expectRouted(guest, "after the hot-plug")
    #expect(try probe.stop().isLossless, "the primary answered all the time")
    #expect(try guest.mainDefaultRoutes() == routes)
  }

  private func reboot(_ guest: Guest, _ moment: Comment) throws {
    try guest.reboot()
    try guest.waitUntilAnswering(try #require(IPAddress("10.0.1.10")))
    try expectRouted(guest, moment)
  }

  private func detach(_ guest: Guest) throws {
    try guest.unplugSecond()
    try Condition.wait(until: "the rules are gone", within: .seconds(60)) {
      try !guest.machine.run("ip rule").contains("10001")
    }
    #expect(try guest.cloud.probeFromInternet(try #require(IPAddress("10.0.0.10"))).isLossless)
  }

  /// Named, on disk, answering on both addresses from everywhere, symmetric, and without DHCP.
  private func expectRouted(_ guest: Guest, _ moment: Comment) throws {
    for text in ["10.0.1.10", "10.0.1.11"] {
      let address = try #require(IPAddress(text))
      #expect(try guest.cloud.probeFromInternet(address).isLossless, moment)
      for subnet in ["10.0.0.0/24", "10.0.1.0/24"] {
        let neighbor = try guest.cloud.vpc.neighbor(in: try #require(IPPrefix(subnet)))
        #expect(try neighbor.namespace.probe(address).isLossless, moment)
      }
    }
    let link = try guest.machine.run("ip link show nic1")
    #expect(link.contains("group 10000"), moment)
    let mtu = try guest.machine.run("cat /sys/class/net/ens5/mtu /sys/class/net/nic1/mtu")
    #expect(Set(mtu.split(separator: "\n")).count == 1, moment)
    let file = try guest.machine.run("cat /etc/systemd/network/05-eni-init-nic1.network")
    #expect(file.contains("PermanentMACAddress=\(guest.second.mac)"), moment)
    #expect(try guest.cloud.vpc.dhcpPackets(of: guest.second.id).isEmpty, moment)
    for eni in [guest.primary, guest.second] {
      let drops = try guest.cloud.vpc.sourceCheckDrops(of: eni.id)
      #expect(drops.total == 0, "\(moment): \(eni.id) \(drops)")
    }
    #expect(try !guest.mainDefaultRoutes().contains("nic1"), moment)
  }
}
