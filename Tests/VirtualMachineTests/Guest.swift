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
  /// The primary ENI, in slot 5.
  let primary: SimulatedENI
  /// An ENI to plug in, in slot 6.
  let second: SimulatedENI

  private let root: TemporaryRoot
  private let secondNIC: VirtualNIC

  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Boots an instance of `image`, with the package at hand but not installed.
  init(_ image: GuestImage) throws {
    primary = try .examplePrimary()
    second = try .exampleSecond()
    root = try TemporaryRoot()
    cloud = try SimulatedCloud(instance: Fixture.instance)
    let files = try image.files(
      builder: Self.repository + "/Tests/VirtualMachineTests/Images/build-guest-image",
      cache: Self.repository + "/.build-guests"
    )
    let disk = root.path + "/disk.qcow2"
    try files.makeOverlay(at: disk)
    let nics = try [(primary, 5), (second, 6)].map { eni, slot in
      guard let tap = InterfaceName("tap\(slot)") else { throw Condition.Unmet("a tap's name") }
      return try VirtualNIC(macAddress: eni.mac, tap: tap, slot: slot)
    }
    secondNIC = nics[1]
    var configuration = VirtualMachineConfiguration(
      files: files,
      disk: disk,
      directory: root.path,
      instanceID: Fixture.instance,
      nics: [nics[0]]
    )
    configuration.usesOneThread = image == .trixie
    configuration.extraDrive = try Self.drive(holding: try Self.package(), in: root.path)
    machine = VirtualMachine(configuration)
    try cloud.attach(primary, to: .tap(nics[0].tap))
    try machine.start()
    try waitUntilUp()
  }

  deinit {
    machine.kill()
    try? cloud.vpc.tearDown()
  }

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
    try cloud.attach(second, to: .tap(secondNIC.tap))
    try machine.plug(secondNIC)
  }

  /// Detaches it.
  func unplugSecond() throws {
    try machine.unplug(secondNIC)
    try cloud.detach(second)
  }

  /// Restarts the guest from within and waits until its primary has a lease again.
  func reboot() throws {
    try machine.reboot()
    try waitUntilUp()
  }

  /// Waits until the second ENI's address answers an echo request from the internet.
  func waitUntilAnswering(_ address: IPAddress) throws {
    do {
      try Condition.wait(until: "\(address) answers", within: .seconds(120)) {
        try cloud.probeFromInternet(address, count: 1).isLossless
      }
    } catch {
      throw Condition.Unmet("\(error)\n\(try diagnosis())")
    }
  }

  /// The default routes of the main table.
  func mainDefaultRoutes() throws -> String {
    try machine.run("ip route show table main default")
  }

  /// What to look at when something went wrong.
  func diagnosis() throws -> String {
    try machine.result(
      of: """
        eni-init status; ip address; ip rule; ip route show table all | grep -v local
        networkctl list; journalctl -b --no-pager -u 'eni-init*' | tail -40
        """
    ).output
  }

  private func waitUntilUp() throws {
    try machine.waitUntilReady()
    try Condition.wait(until: "the primary has its lease", within: .seconds(180)) {
      try !mainDefaultRoutes().isEmpty
    }
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

  /// A raw drive has whole sectors, so the package is padded; the guest is told its true size.
  private static func drive(holding file: String, in directory: String) throws -> String {
    var content = try Data(contentsOf: URL(fileURLWithPath: file))
    content.append(Data(count: (512 - content.count % 512) % 512))
    let path = directory + "/package.img"
    try content.write(to: URL(fileURLWithPath: path))
    return path
  }
}
