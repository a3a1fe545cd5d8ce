// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// Each guest lives through everything in order, since a boot is dear without hardware
/// virtualisation; what fails is recorded by name and the life goes on.
@Suite("VirtualMachineTests: the package in Debian guests", .serialized)
struct PackageLifeTests {
  @Test(
    "installed, hot-plugged, rebooted, replaced, without IMDS, detached, without the program",
    arguments: GuestImage.releases
  )
  func life(image: GuestImage) throws {
    try outlivingPanics { try live(image) }
  }

  private func live(_ image: GuestImage) throws {
    let guest = try Guest(image)
    try install(guest)
    try hotPlug(guest)
    try keep(guest)
    try guest.machine.run(Self.earlyUser)
    try reboot(guest, "after a reboot")
    try replace(guest)
    try expectMetrics(guest)
    guest.cloud.imds.fail(with: .status(403))
    try reboot(guest, "after a reboot with IMDS turned off")
    // Without a run that failed, each unit ends: one that waits for another try would count as a run.
    try guest.waitUntilIdle()
    try guest.expectRunning("with IMDS turned off")
    try guest.refresh()
    try guest.expectDetached("detached with IMDS turned off")
    guest.cloud.imds.clearFaults()
    if image != .bookworm { try reloadAsOthersDo(guest) }
    try guest.plugSecond()
    try guest.waitUntilAnswering()
    try guest.waitUntilIdle()
    try expectRouted(guest, "after another hot-plug")
    if image != .bookworm {
      let status = try guest.machine.run("networkctl status nic1")
      #expect(status.contains("05-eni-init-nic1.network"), "no file was unread: \(status)")
    }
    guest.cloud.imds.refuseConnections(for: .seconds(3600))
    try guest.machine.run("rm /usr/sbin/eni-init && sync")
    try reboot(guest, "after a reboot without the program")
    try detach(guest)
  }

  /// In the order of a boot, what cloud-init's second stage is: it waits for the network, and
  /// sysinit.target, which units wait for by default, waits for it.
  private static let earlyUser = """
    cat >/etc/systemd/system/early-network-user.service <<'INI'
    [Unit]
    Description=Stand-in for cloud-init with the network
    DefaultDependencies=no
    After=systemd-networkd-wait-online.service
    Before=network-online.target sysinit.target shutdown.target
    Conflicts=shutdown.target

    [Service]
    Type=oneshot
    RemainAfterExit=yes
    ExecStart=/bin/true

    [Install]
    WantedBy=multi-user.target
    INI
    systemctl --quiet enable early-network-user.service
    """

  /// An administrator changes a file and has networkd read it, so that no file stands in the way of the
  /// next ENI; from systemd 253 on such a reload is noticed.
  private func reloadAsOthersDo(_ guest: Guest) throws {
    // A file that is less than a second older than the end of a reload may be unread.
    try guest.machine.run("touch /etc/systemd/network/80-dhcp.network; sleep 2; networkctl reload")
    try Condition.wait(until: "the primary has its lease", within: .seconds(60)) {
      try guest.mainDefaultRoutes().contains("via 10.0.0.1")
    }
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
    try guest.waitUntilAnswering()
    try expectRouted(guest, "after the hot-plug")
    #expect(try probe.stop().isLossless, "the primary answered all the time")
    #expect(try guest.mainDefaultRoutes() == routes)
  }

  /// A reset of the device and a restart of networkd take nothing, neither what keepalived would add.
  private func keep(_ guest: Guest) throws {
    try guest.machine.run("ip address add 10.0.1.99/32 dev nic1")
    // Without the protocol of a rule: networkd writes its own when it takes the ENI over.
    let look = """
      ip -o address show dev nic1 scope global | sed 's/ valid_lft.*//' | sort
      ip rule | grep 10001 | sed 's/ proto .*//' | sort; ip route show table 10001 | sort
      """
    let before = try guest.machine.run(look)
    for isThere in [false, true] {
      try guest.setCarrierOfSecond(isThere)
      let state = isThere ? "routable" : "no-carrier"
      try Condition.wait(until: "networkd has seen it: \(state)", within: .seconds(60)) {
        try guest.machine.run("networkctl list nic1").contains(state)
      }
      #expect(try guest.machine.run(look).replacing(" linkdown", with: "") == before)
    }
    try guest.machine.run("systemctl restart systemd-networkd", within: .seconds(120))
    // networkd takes the rules of a link that it has not looked at yet for those of others.
    do {
      try Condition.wait(until: "all is as it was", within: .seconds(60)) {
        try guest.machine.run(look) == before
      }
    } catch {
      Issue.record("\(error): before\n\(before)after\n\(try guest.machine.run(look))")
    }
    try guest.machine.run("ip address delete 10.0.1.99/32 dev nic1")
  }

  private func reboot(_ guest: Guest, _ moment: Comment) throws {
    try guest.reboot()
    try guest.waitUntilAnswering()
    try expectRouted(guest, moment)
    try guest.expectNoCycle(moment)
    try guest.printBootTime(moment)
  }

  /// A later version of the package and then this one again, while packets flow.
  private func replace(_ guest: Guest) throws {
    let probes = try (guest.primary.addresses + guest.second.addresses).map {
      try guest.cloud.vpc.internet.namespace.startProbing($0, every: .milliseconds(200))
    }
    try guest.machine.run(
      """
      dpkg-deb --raw-extract /root/eni-init.deb /root/next
      sed -i 's/^Version: .*/&+next/' /root/next/DEBIAN/control
      dpkg-deb -Znone --build /root/next /root/next.deb
      """,
      within: .seconds(180)
    )
    for package in ["next", "eni-init"] {
      try guest.machine.run("dpkg -i /root/\(package).deb 2>&1", within: .seconds(180))
      try guest.refresh()
    }
    for probe in probes { #expect(try probe.stop().isLossless, "all answered all the time") }
    try expectRouted(guest, "after an upgrade and a downgrade")
    let check = try guest.machine.result(of: "eni-init check")
    #expect(check.status == 0, "\(check)")
  }

  /// What who has prometheus-node-exporter enables, with all that its unit forbids.
  private func expectMetrics(_ guest: Guest) throws {
    let written = try guest.machine.run(
      """
      mkdir -p /var/lib/prometheus/node-exporter
      systemctl --quiet enable --now eni-init-metrics.timer
      systemctl start eni-init-metrics.service
      cat /var/lib/prometheus/node-exporter/eni-init.prom
      """,
      within: .seconds(120)
    )
    #expect(written.contains("\neni_init_imds_up 1\n"), "\(written)")
    #expect(written.contains("\(guest.second.id)"), "\(written)")
    try guest.expectRunning("metrics are written")
  }

  /// Without the program the rules stay, and lead to an empty table.
  private func detach(_ guest: Guest) throws {
    try guest.unplugSecond()
    try Condition.wait(until: "the table is empty", within: .seconds(60)) {
      try !guest.machine.run("ip route show table all").contains("table 10001")
    }
    #expect(try guest.cloud.probeFromInternet(try #require(IPAddress("10.0.0.10"))).isLossless)
    try guest.expectRunning("detached without the program")
  }

  private func expectRouted(_ guest: Guest, _ moment: Comment) throws {
    try guest.expectRouted(moment)
    try guest.expectSameMTU(moment)
    try guest.expectNoDHCP(moment)
    try guest.expectRunning(moment)
  }
}
