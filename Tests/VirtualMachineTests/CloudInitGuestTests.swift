// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// The most usual instance there is: an image that cloud-init was cleaned in, launched again, with
/// cloud-init's own datasource asking IMDS before the network and again when an ENI comes.
@Suite("CloudInitGuestTests: cloud-init in Debian guests", .serialized)
struct CloudInitGuestTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let image: GuestImage
    /// Whether cloud-init is told to configure the network again when an ENI comes; the package tells
    /// it not to.
    let hotplug: Bool
    /// cloud-init reaches IMDS by the link whose name sorts first.
    var slots = Launch.Slots.primaryLower

    var testDescription: String {
      "\(image), \(hotplug ? "with" : "without") its hook for ENIs, \(slots)"
    }
  }

  static let cases = [
    Case(image: .bookworm, hotplug: false),
    Case(image: .bookworm, hotplug: true),
    Case(image: .trixie, hotplug: false),
    Case(image: .trixie, hotplug: false, slots: .primaryHigher),
  ]

  @Test(
    "cleaned, launched with two ENIs, rebooted, detached, hot-plugged, rebooted",
    arguments: cases
  )
  func life(_ example: Case) throws {
    let baked = try outlivingPanics { try bake(example) }
    try outlivingPanics { try live(example, baked) }
  }

  /// Its YAML has another name of the second ENI, which nothing changes any more.
  @Test(
    "installed after cloud-init has configured two ENIs, attached by hand, rebooted, applied by netplan",
    arguments: GuestImage.releases
  )
  func lateInstallation(image: GuestImage) throws {
    try outlivingPanics { try installLate(image) }
  }

  private func installLate(_ image: GuestImage) throws {
    let guest = try Guest(image)
    try guest.plugSecond()
    try guest.enableCloudInit(hotplug: false)
    try guest.reboot()
    try guest.expectCloudInitDone("before the installation")
    try guest.stateAfterBoot()
    _ = try guest.install()
    try guest.machine.run("eni-init attach ens6 2>&1", within: .seconds(120))
    try guest.waitUntilAnswering()
    try guest.expectRouted("attached by hand")
    try guest.expectApplied("attached by hand, and applied by netplan")
    var count = DHCPCount(guest)
    for moment in ["rebooted", "rebooted again"] {
      _ = try count.next()
      try guest.reboot()
      try guest.expectCloudInitDone("\(moment)")
      try guest.stateAfterBoot()
      try guest.waitUntilAnswering()
      try guest.waitUntilIdle()
      try expectNobodyWaited(guest, "\(moment)")
      try guest.expectRouted("\(moment)")
      try count.expect(ofCloudInit: .none, "\(moment)")
      let yaml = try guest.machine.run("cat /etc/netplan/50-cloud-init.yaml")
      #expect(yaml.contains(/set-name: "?ens6/), "this is about such a file: \(yaml)")
      try guest.expectApplied("\(moment), and applied by netplan")
    }
  }

  /// An instance that has had a second ENI too, so that there is something to clean.
  private func bake(_ example: Case) throws -> BakedImage {
    let guest = try Guest(example.image)
    _ = try guest.install()
    try guest.plugSecond()
    try guest.expectAtRest("in the instance that is baked")
    try guest.enableCloudInit(hotplug: example.hotplug)
    // Where cloud-init has never run it has nothing to clean, and does not ask others to.
    try guest.machine.run(
      "mkdir -p /var/lib/cloud && cloud-init clean --logs",
      within: .seconds(120)
    )
    let left = try guest.machine.run("ls /etc/eni-init/instances; ls /etc/systemd/network")
    #expect(left.isEmpty, "cleaned: \(left)")
    return try guest.bake(networkFiles: "")
  }

  private func live(_ example: Case, _ baked: BakedImage) throws {
    let guest = try Guest(launching: try .another(example.slots), from: baked)
    var count = DHCPCount(guest)
    try expectSettled(guest, "launched")
    try guest.expectInstanceData("launched")
    try guest.expectPreparedBeforeTheNetwork()
    try count.expect(ofCloudInit: .allowed, "launched")
    try guest.expectApplied("launched, and applied by netplan")
    try guest.reboot()
    try expectSettled(guest, "rebooted")
    try count.expect(ofCloudInit: .none, "rebooted")
    try guest.expectApplied("rebooted, and applied by netplan")
    try guest.unplugSecond()
    try Condition.wait(until: "the rules are gone", within: .seconds(60)) {
      try !guest.machine.run("ip rule").contains("10001")
    }
    try guest.plugSecond()
    try expectAtRest(guest, "hot-plugged")
    try expectHotPlugHandled(example, guest)
    try guest.refresh()
    try expectAtRest(guest, "hot-plugged, after cloud-init")
    try expectOneDefaultRoute(guest, "hot-plugged, after cloud-init")
    _ = try count.next()
    try guest.reboot()
    try expectSettled(guest, "rebooted after the hot-plug")
    try count.expect(ofCloudInit: .none, "rebooted after the hot-plug")
  }

  private func expectSettled(_ guest: Guest, _ moment: Comment) throws {
    try guest.expectCloudInitDone(moment)
    try guest.stateAfterBoot()
    try expectNobodyWaited(guest, moment)
    try guest.expectNoCycle(moment)
    try expectAtRest(guest, moment)
    try expectOneDefaultRoute(guest, moment)
    try guest.printBootTime(moment)
  }

  /// systemd-networkd-wait-online gives up after two minutes; in a boot where nobody wants it, it is not
  /// started.
  private func expectNobodyWaited(_ guest: Guest, _ moment: Comment) throws {
    let unit = "systemd-networkd-wait-online.service"
    let start = try guest.moment("ExecMainStart", of: unit)
    let end = try guest.moment("ExecMainExit", of: unit)
    #expect(end - start < 100_000_000, moment)
  }

  /// Whose metric is not told: the hook's own DHCP client on the primary writes another than networkd.
  private func expectOneDefaultRoute(_ guest: Guest, _ moment: Comment) throws {
    let routes = try guest.mainDefaultRoutes().split(separator: "\n")
    #expect(routes.count == 1, moment)
    #expect(routes.first?.contains("via 10.0.0.1 dev \(guest.primaryLink) ") ?? false, moment)
  }

  private func expectAtRest(_ guest: Guest, _ moment: Comment) throws {
    try guest.waitUntilAnswering()
    try guest.waitUntilIdle()
    try guest.expectRouted(moment)
    try guest.expectNoDHCPOfStack(moment)
    try guest.expectRunning(moment)
  }

  /// Its hook has run and ended, where it is enabled, or not at all.
  ///
  /// Either way counts: it fails and leaves the network as it is when the name is gone by which it
  /// reads the MAC; in time, it writes its files anew and has netplan apply them.
  private func expectHotPlugHandled(_ example: Case, _ guest: Guest) throws {
    let unit = "cloud-init-hotplugd.service"
    guard example.hotplug else {
      #expect(try guest.moment("ExecMainStart", of: unit) == 0)
      return
    }
    try Condition.wait(until: "cloud-init is done with the ENI", within: .seconds(400)) {
      try guest.machine.result(
        of: """
          grep -q 'udevaction: add' /var/log/cloud-init.log &&
            systemctl show -P ActiveState \(unit) | grep -qxE 'inactive|failed'
          """
      ).status == 0
    }
    print(
      "\(example.testDescription): \(try guest.machine.run("systemctl show -p Result \(unit)"))"
    )
    // README, "Limits": who turns the hook on again gets its failure for an ENI that is named.
    try guest.machine.run("systemctl reset-failed \(unit) || true")
  }
}
