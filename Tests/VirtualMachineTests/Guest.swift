// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import TestSupport

/// A Debian guest that is an instance: its ENIs are taps of a simulated VPC.
final class Guest {
  /// The VPC and the metadata service.
  let cloud: SimulatedCloud
  /// The machine.
  let machine: VirtualMachine
  /// Which instance it is.
  let launch: Launch
  /// What it boots.
  let image: GuestImage

  private let root: TemporaryRoot
  private var slots: Launch.Slots

  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Boots an instance of `image`, with the package at hand but not installed.
  convenience init(_ image: GuestImage) throws {
    let package = try Data(contentsOf: URL(fileURLWithPath: try Self.package()))
    try self.init(try .example(), of: image, drive: package) { files, disk in
      try files.makeOverlay(at: disk)
    }
  }

  /// Boots `launch` from a baked image.
  convenience init(launching launch: Launch, from baked: BakedImage) throws {
    let drive = try launch.instanceData().map { Data($0.utf8) }
    try self.init(launch, of: baked.base, drive: drive) { _, disk in try baked.copy(to: disk) }
  }

  private init(
    _ launch: Launch,
    of image: GuestImage,
    drive: Data?,
    makeDisk: (GuestImage.Files, String) throws -> Void
  ) throws {
    self.launch = launch
    self.image = image
    slots = launch.slots
    let directory = try TemporaryRoot()
    root = directory
    cloud = try SimulatedCloud(instance: launch.instance)
    if launch.isIMDSDown { cloud.imds.refuseConnections(for: .seconds(3600)) }
    let files = try image.files(
      builder: Self.repository + "/Tests/VirtualMachineTests/Images/build-guest-image",
      cache: Self.repository + "/.build-guests"
    )
    var configuration = VirtualMachineConfiguration(
      files: files,
      disk: directory.path + "/disk.qcow2",
      directory: directory.path,
      instanceID: launch.instance
    )
    try makeDisk(files, configuration.disk)
    configuration.usesOneThread = image != .bookworm
    configuration.extraDrive = try drive.map { try Self.drive(holding: $0, in: directory.path) }
    machine = VirtualMachine(configuration)
    try cloud.attach(primary, to: .tap(Self.tap(of: primary)))
    if launch.isSecondAttached { try cloud.attach(second, to: .tap(Self.tap(of: second))) }
    try start()
  }

  deinit {
    machine.kill()
    try? cloud.vpc.tearDown()
  }

  /// The primary ENI.
  var primary: SimulatedENI { launch.primary }

  /// The other one.
  var second: SimulatedENI { launch.second }

  /// What the guest calls the primary: its slot's name.
  var primaryLink: String { "ens\(slots.primary)" }

  /// Installs the package as an administrator would, and names this machine's driver.
  ///
  /// - Returns: what the installation said.
  /// - Throws: when it failed.
  func install() throws -> String {
    let size = try FileManager.default.attributesOfItem(atPath: try Self.package())[.size]
    return try machine.run(
      """
      echo 'SUBSYSTEM=="net", DRIVERS=="virtio_net", ENV{ENI_INIT_CANDIDATE}="1"' \
        >/etc/udev/rules.d/69-virtio.rules
      head -c \(size ?? 0) /dev/vdb >/root/eni-init.deb
      dpkg -i /root/eni-init.deb 2>&1
      """,
      within: .seconds(180)
    )
  }

  /// Attaches the second ENI.
  func plugSecond() throws {
    try cloud.attach(second, to: .tap(Self.tap(of: second)))
    try machine.plug(try nic(of: second, in: slots.second))
  }

  /// Detaches it.
  func unplugSecond() throws {
    try machine.unplug(try nic(of: second, in: slots.second))
    try cloud.detach(second)
  }

  /// Takes the carrier from the second ENI, or gives it back.
  func setCarrierOfSecond(_ isThere: Bool) throws {
    try machine.setCarrier(of: try nic(of: second, in: slots.second), isThere)
  }

  /// Restarts the guest from within and waits until its primary has a lease again.
  func reboot() throws {
    try machine.reboot()
    try waitUntilUp()
  }

  /// Cuts the power, so that what is not flushed to the disk is lost, and boots again.
  func cutPowerAndRestart() throws {
    machine.kill()
    try start()
  }

  /// Turns the guest off in good order and on again with its ENIs in other slots.
  func restart(in slots: Launch.Slots) throws {
    try machine.shutDown()
    self.slots = slots
    try start()
  }

  /// Turns the guest off in good order and makes an image of its disk.
  ///
  /// `networkFiles` is kept with it.
  func bake(networkFiles: String) throws -> BakedImage {
    try machine.shutDown()
    return try BakedImage(
      image,
      disk: machine.configuration.disk,
      former: launch,
      networkFiles: networkFiles
    )
  }

  private func start() throws {
    var nics = [try nic(of: primary, in: slots.primary)]
    if cloud.vpc.attachedENIs.contains(where: { $0.id == second.id }) {
      nics.append(try nic(of: second, in: slots.second))
    }
    machine.configuration.nics = nics
    try machine.start()
    try waitUntilUp()
  }

  private func waitUntilUp() throws {
    try machine.waitUntilReady()
    do {
      try Condition.wait(until: "the primary has its lease", within: .seconds(180)) {
        try mainDefaultRoutes().contains("dev \(primaryLink) ")
      }
    } catch {
      throw Condition.Unmet("\(error)\n\(try diagnosis())")
    }
  }

  private static func tap(of eni: SimulatedENI) throws -> InterfaceName {
    let name = "tap\(eni.attachment.deviceNumber)"
    guard let tap = InterfaceName(name) else { throw Condition.Unmet("a tap called \(name)") }
    return tap
  }

  private func nic(of eni: SimulatedENI, in slot: Int) throws -> VirtualNIC {
    try VirtualNIC(macAddress: eni.mac, tap: try Self.tap(of: eni), slot: slot)
  }

  private static func package() throws -> String {
    let directory = repository + "/.build"
    let found = try FileManager.default.contentsOfDirectory(atPath: directory)
      .filter { $0.hasPrefix("eni-init_") && $0.hasSuffix(".deb") }.sorted().last
    guard let found else {
      throw Condition.Unmet("there is no .build/eni-init_*.deb to install; run `make deb` first")
    }
    return "\(directory)/\(found)"
  }

  /// A raw drive has whole sectors, so the content is padded, with what ends no text.
  private static func drive(holding content: Data, in directory: String) throws -> String {
    let padding = Data(repeating: UInt8(ascii: "\n"), count: (512 - content.count % 512) % 512)
    let path = directory + "/drive.img"
    try (content + padding).write(to: URL(fileURLWithPath: path))
    return path
  }
}
