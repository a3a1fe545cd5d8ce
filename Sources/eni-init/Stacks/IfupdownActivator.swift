// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// ifupdown, by its systemd units: what they run has the rights of a boot, and not ours.
struct IfupdownActivator: Activator {
  let files: FileStore

  private static let state = "/run/network"
  private static let interfaces = "/etc/network/interfaces"

  /// ifup(8) keeps a file for each interface; it is not empty while that is up.
  func manages(_ link: Link) throws -> Bool {
    try isUp(link.name.text)
  }

  func isEnabled() throws -> Bool {
    try EnabledUnits(files).contains("networking.service") && files.read(Self.interfaces) != nil
  }

  func isRunning() throws -> Bool {
    try files.names(in: Self.state).contains { name in
      guard name.hasPrefix("ifstate."), name != "ifstate.lo" else { return false }
      return try isUp(String(name.dropFirst("ifstate.".count)))
    }
  }

  private func isUp(_ name: String) throws -> Bool {
    try files.read("\(Self.state)/ifstate.\(name)")?.isEmpty == false
  }

  func configures(_ link: Link, as name: InterfaceName) throws -> Bool {
    try link.name == name && isUp(name.text)
  }

  /// Restarted: the unit of an ENI that had the name before may still count as started.
  func takeOver(_ plan: InterfacePlan) throws {
    try systemctl("restart", plan.name)
  }

  func giveBack(_ name: InterfaceName) throws {
    try systemctl("stop", name)
  }

  /// Ends the DHCP client too, outside of the calling unit, because ifdown(8) writes where that may not.
  func hold(_ link: Link) throws {
    try Command(
      "/usr/bin/systemd-run",
      ["--quiet", "--wait", "--collect", "/usr/sbin/ifdown", link.name.text]
    ).run()
  }

  /// What was refused at the first try is brought up, be it `auto` or `allow-hotplug`.
  func readHold(releasing primary: Link?) throws {
    guard try isEnabled() else { return }
    let units = ["networking.service"] + (primary.map { [unit($0.name)] } ?? [])
    try Command("/usr/bin/systemctl", ["--no-block", "start"] + units).run()
  }

  /// Our script stands beside the stanza of the image.
  func file(ofPrimary link: Link) throws -> String? { IfupdownRenderer.primaryPath }

  private func systemctl(_ verb: String, _ name: InterfaceName) throws {
    try Command("/usr/bin/systemctl", [verb, unit(name)]).run()
  }

  private func unit(_ name: InterfaceName) -> String { "ifup@\(name).service" }
}
