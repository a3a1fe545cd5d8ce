// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport

/// An instance with its primary ENI in a VPC, booted, with or without eni-init installed.
final class Scene {
  /// The VPC and the metadata service.
  let cloud: SimulatedCloud
  /// The instance.
  let instance: NamespaceInstance
  /// Its primary ENI, which the image configures by DHCP.
  let primary: SimulatedENI
  /// An ENI for the tests to plug in: device 1, in another subnet.
  let second: SimulatedENI

  private let root: TemporaryRoot
  private var kernelNames: [NetworkInterface.ID: InterfaceName] = [:]

  /// Boots the instance, and waits until it has its lease and, with eni-init, its hold is armed.
  ///
  /// With `isSecondPresent` the second ENI is there from the start, as device `ens6`.
  init(installed: Bool = true, isSecondPresent: Bool = false) throws {
    primary = try SimulatedENI(
      mac: "02:00:00:00:00:05",
      device: 0,
      ipv4: .init("10.0.0.0/24", "10.0.0.10"))
    second = try SimulatedENI(
      mac: "02:00:00:00:00:06",
      device: 1,
      ipv4: .init("10.0.1.0/24", "10.0.1.10", "10.0.1.11"))
    root = try TemporaryRoot()
    cloud = try SimulatedCloud(instance: Fixture.instance)
    instance = try NamespaceInstance(id: Fixture.instance, directory: root.path)
    try instance.powerOn()
    try instance.installImage()
    if installed { try instance.installPackage(program: BuiltProduct.path("eni-init")) }
    try plug(primary, as: "ens5")
    if isSecondPresent { try plug(second, as: "ens6") }
    try instance.boot()
    try waitForPrimary()
    if installed {
      try Condition.wait(until: "the hold is armed", within: .seconds(30)) {
        try instance.run(["test", "-e", directory + "/primary"]).status == 0
      }
    }
  }

  deinit {
    // The next scene needs the namespace to itself. Before the instance goes, because the ends of
    // its veth pairs that are ours go with it, some time later.
    try? cloud.vpc.tearDown()
    instance.powerOff()
  }

  /// Where the instance keeps its records.
  var directory: String { "/etc/eni-init/instances/\(instance.id)" }

  /// Attaches an ENI; the kernel calls its link `name`.
  func plug(_ eni: SimulatedENI, as name: String) throws {
    guard let kernelName = InterfaceName(name), let pid = instance.pid else { return }
    kernelNames[eni.id] = kernelName
    try cloud.attach(eni, to: .namespace(.pid(pid), kernelName: kernelName))
  }

  /// Detaches an ENI.
  func unplug(_ eni: SimulatedENI) throws {
    kernelNames[eni.id] = nil
    try cloud.detach(eni)
  }

  /// Turns the instance off and on again; the ENIs stay attached, and so does the disk.
  func reboot() throws {
    let attached = cloud.vpc.attachedENIs
    for eni in attached { try cloud.vpc.detach(eni.id) }
    instance.powerOff()
    try instance.powerOn()
    for eni in attached.sorted(by: { $0.mac < $1.mac }) {
      guard let name = kernelNames[eni.id], let pid = instance.pid else { continue }
      try cloud.vpc.attach(eni, to: .namespace(.pid(pid), kernelName: name))
    }
    try instance.boot()
    try waitForPrimary()
  }

  /// Waits until `eni-init status` has the ENI routed.
  func waitUntilRouted(_ eni: SimulatedENI, within limit: Duration = .seconds(30)) throws {
    do {
      try Condition.wait(until: "\(eni.id) is routed", within: limit) {
        try status(of: eni)?.hasSuffix("routed") ?? false
      }
      // The unit's own verdict, so that what follows does not race with it.
      try Condition.wait(until: "no run is left", within: limit) { try !isBusy() }
    } catch {
      throw Condition.Unmet("\(error)\n\(try instance.journal())")
    }
  }

  /// Waits until every run of eni-init that was started has ended.
  func waitUntilIdle(within limit: Duration = .seconds(30)) throws {
    try Condition.wait(until: "no run is left", within: limit) { try !isBusy() }
  }

  /// The ENI's line of `eni-init status`; nil for none.
  func status(of eni: SimulatedENI) throws -> String? {
    try instance.check(["eni-init", "status"]).split(separator: "\n").map(String.init).first {
      $0.contains(eni.id.text)
    }
  }

  /// The default routes of the main table, as ip(8) prints them.
  func mainDefaultRoutes() throws -> String {
    try instance.check(["ip", "route", "show", "table", "main", "default"])
  }

  /// Everything that a run could change: links, addresses, routes, rules, and the files.
  func state() throws -> String {
    try instance.check([
      "sh", "-c",
      """
      ip -o link show | sed 's/state [A-Z]*//'; ip -o address show scope global | sed 's/ valid_lft.*//'
      for family in -4 -6; do ip $family route show table all; ip $family rule show; done
      find /etc/eni-init /etc/systemd/network /etc/iproute2 -type f -exec ls -i {} + -exec md5sum {} + 2>/dev/null
      """,
    ])
  }

  private func isBusy() throws -> Bool {
    try instance.run(["pidof", "eni-init"]).status == 0
  }

  private func waitForPrimary() throws {
    try Condition.wait(until: "the primary has its lease", within: .seconds(30)) {
      try !mainDefaultRoutes().isEmpty
    }
  }
}
