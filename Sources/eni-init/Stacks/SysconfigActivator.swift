// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// The network scripts of Red Hat's distributions, by ifup(8) and ifdown(8): no daemon, and of what is
/// up they keep no note.
struct SysconfigActivator: Activator {
  let files: FileStore

  /// There while the service has started.
  private static let lock = "/var/lock/subsys/network"

  func manages(_ link: Link) throws -> Bool {
    try isRunning() && files.read(SysconfigRenderer.interfaces.path(link.name)) != nil
  }

  func isEnabled() throws -> Bool { try EnabledUnits(files).contains("network.service") }
  func isRunning() throws -> Bool { try files.read(Self.lock) != nil }

  func configures(_ link: Link, as name: InterfaceName) throws -> Bool {
    try link.name == name && link.isUp && manages(link)
  }

  func takeOver(_ plan: InterfacePlan) throws { try run("/usr/sbin/ifup", plan.name) }
  func giveBack(_ name: InterfaceName) throws { try run("/usr/sbin/ifdown", name) }

  func file(ofPrimary link: Link) throws -> String? { KernelRenderer.primaryScript.path("") }

  /// Outside of our unit, as at a boot: the scripts write where we may not.
  private func run(_ program: String, _ name: InterfaceName) throws {
    try Command("/usr/bin/systemd-run", ["--quiet", "--wait", "--collect", program, name.text])
      .run()
  }
}
