// SPDX-License-Identifier: Apache-2.0
import Foundation
package import NetworkModel

/// An instance of namespaces with its primary ENI in a VPC, booted, and a second ENI at hand: where
/// tests, the demo and the benchmark begin.
package final class Stage {
  /// The VPC and the metadata service.
  package let cloud: SimulatedCloud
  /// The instance.
  package let instance: NamespaceInstance
  /// Its primary ENI, which the image configures by DHCP: 10.0.0.10.
  package let primary: SimulatedENI
  /// An ENI to plug in: device 1, in another subnet, 10.0.1.10 and 10.0.1.11.
  package let second: SimulatedENI

  /// The kernel's name of the primary's link.
  package let primaryLink: String
  /// The kinds of others' configuration that a test changes itself: no change of them is reported.
  package var intendedForeignChanges: Set<ForeignConfiguration.Kind> = []

  private let directory: String
  private let conditions: HostConditions
  private var foreign: ForeignConfiguration?
  private var kernelNames: [NetworkInterface.ID: InterfaceName] = [:]

  /// Which ENIs are attached when the instance is launched.
  package enum Launch: Sendable {
    /// The primary, `ens5`.
    case primaryAlone
    /// The primary, then the second ENI, `ens6`.
    case secondAfterPrimary
    /// The second ENI, `ens4`, then the primary: as when the order of PCI slots is reversed.
    case secondBeforePrimary
  }

  /// Receives a report when the configuration of others has changed; with nil, there is no look at it.
  @TaskLocal package static var reportForeignChange: (@Sendable (String) -> Void)?

  /// Whether the metadata service answers.
  package enum Availability: Sendable {
    /// It does.
    case answers
    /// It refuses connections.
    case isDown
    /// It is turned off for this instance: 403 to everything.
    case isOff
  }

  /// Boots an instance of `image`, and waits until it has its lease and, with eni-init, its hold is armed.
  ///
  /// `program` is installed as eni-init with all that the package ships; nil leaves the image as it
  /// is. `launch` says which ENIs are there from the start, `hasCloudInit` whether cloud-init has left
  /// their metadata in its file, `imds` whether IMDS can be asked, and `configuration` the content of
  /// eni-init.conf. `conditions` are the host's: by default it has the configuration of others beside
  /// the ENIs. `second` is the ENI at hand, ``SimulatedENI/exampleSecond()`` with nil. `prepare`
  /// changes the instance before it boots, and with `untilArmed` false the hold is not waited for.
  package init(
    program: String?,
    image: InstanceImage = .networkd,
    launch: Launch = .primaryAlone,
    hasCloudInit: Bool = false,
    imds: Availability = .answers,
    configuration: String? = nil,
    untilArmed: Bool = true,
    conditions: HostConditions = HostConditions(),
    second: SimulatedENI? = nil,
    prepare: (Stage) throws -> Void = { _ in }
  ) throws {
    primary = try .examplePrimary()
    self.second = try second ?? .exampleSecond()
    guard let id = InstanceID("i-0123456789abcdef0") else {
      throw SimulatedENIError.malformed("instance id", "i-0123456789abcdef0")
    }
    directory =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("eni-init-stage-" + UUID().uuidString).path
    cloud = try SimulatedCloud(instance: id)
    switch imds {
    case .answers: break
    case .isDown: cloud.imds.refuseConnections(for: .seconds(3600))
    case .isOff: cloud.imds.fail(with: .status(403))
    }
    instance = try NamespaceInstance(id: id, image: image, directory: directory)
    self.conditions = conditions
    let links = conditions.links(launch)
    primaryLink = links.primary
    try powerOn()
    try image.install(on: instance, primary: primary, link: primaryLink)
    if conditions.isShared { try ForeignConfiguration.write(on: instance) }
    if let program { try instance.installPackage(program: program) }
    if let configuration {
      try instance.write("/etc/eni-init/eni-init.conf", content: configuration)
    }
    if hasCloudInit { try writeInstanceData(launch) }
    if launch == .secondBeforePrimary { try plug(self.second, as: links.second) }
    try plug(primary, as: primaryLink)
    if launch == .secondAfterPrimary { try plug(self.second, as: links.second) }
    try boot(afterwards: prepare)
    guard program != nil, imds != .isOff, untilArmed else { return }
    do {
      try Condition.wait(until: "the hold is armed", within: .seconds(30)) {
        try ["/etc", "/run"].contains { root in
          try instance.run(["test", "-e", root + records.dropFirst(4) + "/primary"]).status == 0
        }
      }
    } catch {
      throw Condition.Unmet("\(error)\n\(try instance.journal())")
    }
  }

  deinit { close() }

  /// Takes the VPC and the instance down, so that another stage can be made.
  package func close() {
    reportForeignChanges()
    // The VPC first: of a veth pair whose other end goes with the instance, our end goes too, but
    // some time later. That nothing is left is for the next stage to notice.
    try? cloud.vpc.tearDown()
    instance.powerOff()
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Where the instance keeps its records.
  package var records: String { "/etc/eni-init/instances/\(instance.id)" }

  /// Attaches an ENI; the kernel calls its link `name`.
  package func plug(_ eni: SimulatedENI, as name: String) throws {
    guard let kernelName = InterfaceName(name), let pid = instance.pid else {
      throw SimulatedENIError.malformed("link name", name)
    }
    kernelNames[eni.id] = kernelName
    try cloud.attach(eni, to: .namespace(.pid(pid), kernelName: kernelName))
  }

  /// Detaches an ENI.
  package func unplug(_ eni: SimulatedENI) throws {
    kernelNames[eni.id] = nil
    try cloud.detach(eni)
  }

  /// Turns the instance off and on again; the ENIs stay attached, and so does the disk.
  package func reboot() throws {
    let attached = cloud.vpc.attachedENIs
    reportForeignChanges()
    for eni in attached { try cloud.vpc.detach(eni.id) }
    instance.powerOff()
    try powerOn()
    for eni in attached.sorted(by: { $0.mac < $1.mac }) {
      guard let name = kernelNames[eni.id], let pid = instance.pid else { continue }
      try cloud.vpc.attach(eni, to: .namespace(.pid(pid), kernelName: name))
    }
    try boot()
  }

  /// Turns the instance off and launches its disk as another instance, with `primary` as its one ENI.
  package func relaunch(as id: InstanceID, primary: SimulatedENI) throws {
    reportForeignChanges()
    for eni in cloud.vpc.attachedENIs { try unplug(eni) }
    instance.powerOff()
    instance.id = id
    cloud.imds.changeInstance { $0.id = id }
    try powerOn()
    try instance.installRule()
    try plug(primary, as: primaryLink)
    try boot()
  }

  /// Runs a line of shell in the instance and gives its output; its status must be 0.
  @discardableResult
  package func shell(_ line: String) throws -> String { try instance.check(["sh", "-c", line]) }

  /// The default routes of the main table, as ip(8) prints them.
  package func mainDefaultRoutes() throws -> String {
    try shell("ip route show table main default")
  }

  /// The ENI's line of `eni-init status`; nil for none.
  package func status(of eni: SimulatedENI) throws -> String? {
    try shell("eni-init status").split(separator: "\n").map(String.init).first {
      $0.contains(eni.id.text)
    }
  }

  /// Whether the kernel has a rule for each of the ENI's addresses, and in its table a default route for
  /// each of its families; IMDS is not asked, so that requests can be counted.
  package func isRouted(_ eni: SimulatedENI) throws -> Bool {
    let rules = try shell("ip rule; ip -6 rule")
    let hasRules = eni.sources.allSatisfy { source in
      rules.contains(
        "from \(source.isHost ? source.address.description : source.description) lookup"
      )
    }
    return try hasRules
      && Set(eni.sources.map(\.family)).allSatisfy { family in
        let option = family == .ipv6 ? "-6" : "-4"
        // A table that nothing was ever in is an error to ip(8).
        let words = ["ip", option, "route", "show", "table", "\(eni.attachment.table)", "default"]
        return try !instance.run(words).output.isEmpty
      }
  }

  /// Waits until the kernel routes the ENI and no run is left.
  package func waitUntilRouted(_ eni: SimulatedENI, within limit: Duration = .seconds(30)) throws {
    do {
      try Condition.wait(until: "\(eni.id) is routed", within: limit) {
        try isRouted(eni)
      }
      // The unit's own verdict, so that what follows does not race with it.
      try waitUntilIdle(within: limit)
    } catch {
      throw Condition.Unmet("\(error)\n\(try instance.journal())")
    }
  }

  /// Waits until every run of eni-init that was started has ended.
  package func waitUntilIdle(within limit: Duration = .seconds(30)) throws {
    try Condition.wait(until: "no run is left", within: limit) {
      try instance.run(["pidof", "eni-init"]).status != 0
    }
  }

  private func writeInstanceData(_ launch: Launch) throws {
    let interfaces = launch == .primaryAlone ? [primary] : [primary, second]
    let data = InstanceData(of: SimulatedInstance(id: instance.id), interfaces: interfaces)
    try instance.write("/run/cloud-init/instance-data.json", content: data.json())
  }

  private func powerOn() throws {
    try instance.powerOn()
    for setting in conditions.settings { try instance.check(["sysctl", "-qw", setting]) }
  }

  private func boot(afterwards prepare: (Stage) throws -> Void = { _ in }) throws {
    if conditions.isShared { foreign = try ForeignConfiguration(madeOn: instance) }
    try prepare(self)
    try instance.boot()
    try waitForPrimary()
  }

  /// Reports each part of the configuration of others that has changed since the instance booted.
  private func reportForeignChanges() {
    guard let report = Self.reportForeignChange, let foreign, instance.pid != nil else { return }
    do {
      let differences = try foreign.differences(on: instance, but: intendedForeignChanges)
      if !differences.isEmpty { report(differences.joined(separator: "\n")) }
    } catch {
      report("\(error)")
    }
  }

  /// Waits until the image has given the primary its addresses, of IPv6 where it asks for one.
  private func waitForPrimary() throws {
    do {
      try Condition.wait(until: "the primary has its lease", within: .seconds(30)) {
        try !mainDefaultRoutes().isEmpty
      }
      let isOffered = cloud.vpc.attachedENIs.contains {
        $0.attachment.ordinal == 0 && $0.ipv6?.addresses.isEmpty == false
      }
      guard instance.image.asksForIPv6, isOffered, conditions.hasIPv6 else { return }
      try Condition.wait(until: "the primary has its IPv6 lease", within: .seconds(30)) {
        try !shell("ip -6 address show scope global dynamic -tentative").isEmpty
      }
    } catch {
      throw Condition.Unmet("\(error)\n\(try instance.journal())")
    }
  }
}
