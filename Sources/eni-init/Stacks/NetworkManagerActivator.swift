// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Rendering
import Rtnetlink

/// NetworkManager, by nmcli(1) and by what it writes about its devices for its own next start.
struct NetworkManagerActivator: Activator {
  let files: FileStore

  private static let devices = "/run/NetworkManager/devices"
  /// How long a failed activation is tried again.
  private static let patience: Duration = .seconds(3)
  private static let invocation = "/run/systemd/units/invocation:NetworkManager.service"

  func manages(_ link: Link) throws -> Bool {
    try state(of: link)?.contains("managed=true") ?? false
  }

  func isEnabled() throws -> Bool {
    try EnabledUnits(files).contains("NetworkManager.service")
  }

  /// By systemd's mark of the unit: an initrd's NetworkManager leaves the states of its devices behind.
  func isRunning() throws -> Bool { try files.linkTarget(Self.invocation) != nil }

  func configures(_ link: Link, as name: InterfaceName) throws -> Bool {
    guard let profile = try files.read(NetworkManagerRenderer.profiles.path(name)) else {
      return false
    }
    let identifier = profile.split(separator: "\n").first { $0.hasPrefix("uuid=") }
    return try identifier.flatMap { try state(of: link)?.contains("connection-\($0)") } ?? false
  }

  /// Before the link may be managed: without a profile it would get one with DHCP.
  func read(_ plan: InterfacePlan) throws {
    guard try isRunning() else { return }
    try nmcli("connection", "load", NetworkManagerRenderer.profiles.path(plan.name))
  }

  /// Activates the profile; a request counts more than that udev holds the link.
  ///
  /// Right after a rename NetworkManager may not know the link by its name yet, so a failure is followed
  /// by another try.
  func takeOver(_ plan: InterfacePlan) throws {
    let identifier = NetworkManagerRenderer.identifier(of: plan.mac)
    let deadline = ContinuousClock.now + Self.patience
    while true {
      do {
        return try nmcli("--wait", "10", "connection", "up", identifier, "ifname", plan.name.text)
      } catch CommandError.failed where ContinuousClock.now < deadline {
        Timekeeper.system.sleep(.milliseconds(500))
      }
    }
  }

  /// Held first: a device without a profile would get one with DHCP.
  func giveBack(_ name: InterfaceName) throws {
    try nmcli("device", "set", name.text, "managed", "no")
    try nmcli("connection", "reload")
  }

  func hold(_ link: Link) throws {
    try nmcli("device", "set", link.name.text, "managed", "no")
  }

  /// It looks at `managed` when a device appears, and when it is told so; and then it takes the link for
  /// one that was configured before it came, and does not bring it up.
  func readHold(releasing primary: Link?) throws {
    guard try isRunning() else { return }
    try nmcli("general", "reload", "conf")
    guard let primary else { return }
    try RouteSocket().apply([.setUp(primary.index, primary.name)])
    try nmcli("device", "set", primary.name.text, "managed", "yes")
  }

  /// When it starts it looks at all devices, and what is up stays up.
  func endHold() throws {
    try Command("/usr/bin/systemctl", ["--no-block", "try-restart", "NetworkManager.service"]).run()
  }

  /// Ours stands beside the profile, whichever that is.
  func file(ofPrimary link: Link) throws -> String? { NetworkManagerRenderer.primaryPath }

  /// The lines of what it knows of a device (nm-device-state in its sources); nil when nothing.
  private func state(of link: Link) throws -> [Substring]? {
    try files.read("\(Self.devices)/\(link.index)")?.split(separator: "\n")
  }

  private func nmcli(_ words: String...) throws {
    try Command("/usr/bin/nmcli", words).run()
  }
}
