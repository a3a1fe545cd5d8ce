// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// netplan with systemd-networkd behind it, never found by itself: what manages the links is networkd.
///
/// Nothing is applied now. netplan applies all of its files or none, and networkd then takes the primary's
/// lease for a moment; so a new ENI is configured by netlink, and from the next boot on by its YAML.
struct NetplanActivator: Activator {
  let networkd: NetworkdActivator

  /// Where it is marked, by MAC, that an ENI got its YAML in this boot; the udev rule looks there.
  private static let marks = "/run/eni-init/netplan"

  var goesByName: Bool { networkd.goesByName }
  func manages(_ link: Link) throws -> Bool { try networkd.manages(link) }
  func isEnabled() throws -> Bool { try networkd.isEnabled() }
  func isRunning() throws -> Bool { try networkd.isRunning() }
  func hasDecided(_ link: Link) throws -> Bool { try networkd.hasDecided(link) }

  func configures(_ link: Link, as name: InterfaceName) throws -> Bool {
    try networkd.file(ofPrimary: link) == NetplanRenderer.generatedFile(for: name)
  }

  func mayLoseRules(of link: Link) throws -> Bool { try networkd.mayLoseRules(of: link) }

  func obstacle(besides link: Link?) throws -> String? {
    // The hold is networkd's own.
    link == nil ? nil : "netplan would apply all of its files, those of other links too"
  }

  /// Until the next boot an ENI that has no YAML yet, or whose name another ENI had, stays held: whatever
  /// makes netplan generate its files meanwhile, networkd need not have read them.
  func willConfigure(_ plan: InterfacePlan) throws {
    let former = try networkd.files.read(NetplanRenderer.file(for: plan.name))
    guard !(former?.contains(plan.mac.description) ?? false) else { return }
    let mark = ConfigFile(path: "\(Self.marks)/\(plan.mac)", content: "\(plan.name)\n")
    _ = try networkd.files.replace(mark)
  }

  func takeOver(_ plan: InterfacePlan) throws {}
  func assist(_ link: Link) throws { try networkd.assist(link) }
  func file(ofPrimary link: Link) throws -> String? { try networkd.file(ofPrimary: link) }
}
