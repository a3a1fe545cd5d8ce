// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// ifupdown, by its systemd units: what they run has the rights of a boot, and not ours.
struct IfupdownActivator: Activator {
  let files: FileStore

  private static let state = "/run/network"
  private static let interfaces = "/etc/network/interfaces"
  /// The package's script in if-pre-up.d leaves this file when it refuses an ENI, and the next start of the
  /// service removes it.
  private static let refused = "/run/eni-init/ifupdown-refused"
  private static let service = "networking.service"

  /// ifup(8) keeps a file for each interface; it is not empty while that is up.
  func manages(_ link: Link) throws -> Bool {
    try isUp(link.name.text)
  }

  func isEnabled() throws -> Bool {
    try EnabledUnits(files).contains(Self.service) && files.read(Self.interfaces) != nil
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
    // It may have failed for the ENI's former name, and leaves that out from now on.
    guard try files.read(Self.refused) != nil, try isEnabled() else { return }
    try start([Self.service])
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

  /// Brings up what was refused at the first try, `auto` and `allow-hotplug` alike.
  func readHold(releasing primary: Link?) throws {
    guard try isEnabled() else { return }
    try start([Self.service] + (primary.map { [unit($0.name)] } ?? []))
  }

  private func start(_ units: [String]) throws {
    try Command("/usr/bin/systemctl", ["--no-block", "start"] + units).run()
  }

  /// Our script stands beside the stanza of the image.
  func file(ofPrimary link: Link) throws -> String? { IfupdownRenderer.primaryPath }

  private func systemctl(_ verb: String, _ name: InterfaceName) throws {
    try Command("/usr/bin/systemctl", [verb, unit(name)]).run()
  }

  private func unit(_ name: InterfaceName) -> String { "ifup@\(name).service" }
}
