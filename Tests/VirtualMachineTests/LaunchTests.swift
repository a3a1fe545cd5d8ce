// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// An image is baked once for each Debian; each launch is then one boot of a copy of it.
@Suite("VirtualMachineTests: a baked image, launched as another instance", .serialized)
struct LaunchTests {
  @Test("with two ENIs, in either order of PCI slots, with and without cloud-init's facts")
  func bookworm() throws {
    let baked = try outlivingPanics { try bake(.bookworm) }
    try outlivingPanics { try launchInOrder(baked) }
    try outlivingPanics { try launchReversed(baked) }
    try outlivingPanics { try launchWithCloudInit(baked) }
  }

  @Test("with two ENIs, where NICs get their names from the root file system")
  func trixie() throws {
    let baked = try outlivingPanics { try bake(.trixie) }
    try outlivingPanics { try launchInOrder(baked) }
  }

  // MARK: Baking

  /// An instance that has had a second ENI too, so that there is something not to apply.
  private func bake(_ image: GuestImage) throws -> BakedImage {
    let guest = try Guest(image)
    let networkFiles = try guest.networkFilesOfTheImage()
    _ = try guest.install()
    try guest.machine.run(Self.cloudInit)
    try guest.plugSecond()
    try guest.waitUntilAnswering()
    try guest.waitUntilIdle()
    try guest.expectRouted("in the instance that is baked")
    let events = try guest.machine.run("journalctl -b -o json ENI_ID=\(guest.second.id)")
    #expect(events.contains(#""EVENT":"configured""#) && events.contains(#""INTERFACE":"nic1""#))
    #expect(try guest.machine.run("eni-init history nic1").contains("  configured  "))
    return try guest.bake(networkFiles: networkFiles)
  }

  /// A stand-in for cloud-init, at the same place in a boot: what it has been told by IMDS is on a
  /// drive, when there is one.
  private static let cloudInit = """
    cat >/etc/systemd/system/cloud-init-local.service <<'INI'
    [Unit]
    Description=Stand-in for cloud-init before the network
    DefaultDependencies=no
    ConditionPathExists=/dev/vdb
    After=systemd-remount-fs.service
    Before=network-pre.target sysinit.target shutdown.target
    Wants=network-pre.target
    Conflicts=shutdown.target

    [Service]
    Type=oneshot
    RemainAfterExit=yes
    RuntimeDirectory=cloud-init
    ExecStart=/bin/sh -c 'cat /dev/vdb >/run/cloud-init/instance-data.json'

    [Install]
    WantedBy=multi-user.target
    INI
    systemctl --quiet enable cloud-init-local.service
    """

  // MARK: Launching

  private func launchInOrder(_ baked: BakedImage) throws {
    let moment: Comment = "launched with the primary in the lower slot"
    let guest = try Guest(launching: try .another(.primaryLower), from: baked)
    try expectSettled(guest, baked, moment)
    try guest.expectSameMTU(moment)
    try guest.expectNoDHCP(moment)
    try expectTried(guest, moment)
  }

  private func launchReversed(_ baked: BakedImage) throws {
    let moment: Comment = "launched with the primary in the higher slot"
    let guest = try Guest(launching: try .another(.primaryHigher), from: baked)
    try expectSettled(guest, baked, moment)
    try expectTried(guest, moment)
    let vpc = guest.cloud.vpc
    let first = try #require(try vpc.dhcpPackets(of: guest.primary.id).map(\.time).min())
    let last = try vpc.dhcpPackets(of: guest.second.id).map(\.time).max()
    #expect(last.map { $0 < first } ?? true, "never do two ENIs have a DHCP client")
    // It was configured before the primary's lease said how large packets may be.
    try guest.refresh()
    try guest.expectSameMTU(moment)
  }

  private func launchWithCloudInit(_ baked: BakedImage) throws {
    var launch = try Launch.another(.primaryHigher)
    (launch.hasCloudInit, launch.isIMDSDown) = (true, true)
    let guest = try Guest(launching: launch, from: baked)
    try expectSettled(guest, baked, "launched with cloud-init's facts alone")
    try guest.expectNoDHCP("launched with cloud-init's facts alone")
    try guest.expectPreparedBeforeTheNetwork()
    try guest.refresh()
    try guest.expectRunning("after a refresh without IMDS")
    try guest.restart(in: .primaryLower)
    try expectSettled(guest, baked, "restarted with the slots swapped")
    #expect(guest.cloud.imds.log.isEmpty)
    guest.cloud.imds.clearFaults()
    try guest.refresh()
    try guest.expectRouted("with IMDS back")
    try guest.expectSameMTU("with IMDS back")
    try guest.expectNoDHCP("from launch to the end")
  }

  // MARK: Expecting

  /// Both ENIs are as they shall be, and nothing is left of the instance that was baked.
  private func expectSettled(_ guest: Guest, _ baked: BakedImage, _ moment: Comment) throws {
    try guest.waitUntilAnswering()
    if !guest.launch.isIMDSDown { try guest.waitUntilIdle() }
    try guest.expectRouted(moment)
    try expectPrimary(guest, moment)
    try expectNothingOf(baked.former, in: guest, moment)
    try expectDirectories(guest, baked, moment)
    try guest.expectRunning(moment)
    try guest.printBootTime(moment)
  }

  /// It has the lease and the only default route, and answers.
  private func expectPrimary(_ guest: Guest, _ moment: Comment) throws {
    let routes = try guest.mainDefaultRoutes().split(separator: "\n")
    #expect(routes.count == 1, moment)
    #expect(routes.first?.contains("via 10.0.0.1 dev \(guest.primaryLink) ") ?? false, moment)
    let address = try #require(guest.primary.addresses.first)
    #expect(try guest.cloud.probeFromInternet(address).isLossless, moment)
    #expect(
      try guest.machine.run("cat /sys/class/net/\(guest.primaryLink)/address")
        == "\(guest.primary.mac)\n",
      moment
    )
  }

  private func expectNothingOf(_ former: Launch, in guest: Guest, _ moment: Comment) throws {
    #expect(
      try guest.machine.run("ls /etc/eni-init/instances") == "\(guest.launch.instance)\n",
      moment
    )
    let marks = [former.instance.text] + [former.primary, former.second].map(\.mac.description)
    let found = try guest.machine.result(
      of: "grep -rlE '\(marks.joined(separator: "|"))' /etc/eni-init /etc/systemd /etc/iproute2"
    )
    #expect(found.status == 1 && found.output.isEmpty, "\(moment): \(found)")
  }

  /// The directories below /run that our units declare are there, and the image's stack still has
  /// in them what it had without us.
  private func expectDirectories(_ guest: Guest, _ baked: BakedImage, _ moment: Comment) throws {
    let directories = try guest.machine.run("stat -c '%U:%G %a' /run/eni-init /run/systemd/network")
    #expect(directories == "root:root 755\nroot:root 755\n", moment)
    #expect(try guest.networkFilesOfTheImage() == baked.networkFiles, moment)
    #expect(baked.networkFiles.contains("10-netplan-all-en") == (baked.base == .bookworm))
  }

  /// Nothing told which ENI is the primary, so the one in the lowest slot was tried.
  private func expectTried(_ guest: Guest, _ moment: Comment) throws {
    let journal = try guest.journal(of: "eni-init-boot.service")
    #expect(journal.contains("ens5 is tried as the primary; 1 other ENIs are held"), moment)
    let hold = try guest.machine.run("cat /run/systemd/network/06-eni-init-first-boot.network")
    #expect(hold.contains("Property=!INTERFACE=\(guest.primaryLink)\n"), moment)
  }
}
