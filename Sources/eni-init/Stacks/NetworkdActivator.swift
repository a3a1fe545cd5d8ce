// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// systemd-networkd.
struct NetworkdActivator: Activator {
  let files: FileStore
  let log: Log

  /// Its files match the MAC and udev's mark.
  var goesByName: Bool { false }

  func manages(_ link: Link) throws -> Bool {
    guard let state = try NetworkdState(link.index, files) else { return false }
    return !state.isUnmanaged && state.networkFile != nil
  }

  func isEnabled() throws -> Bool {
    try EnabledUnits(files).contains("systemd-networkd.service")
  }

  func isRunning() throws -> Bool { try freshness.isRunning }

  func hasDecided(_ link: Link) throws -> Bool {
    try NetworkdState(link.index, files)?.isDecided ?? false
  }

  func configures(_ link: Link, as name: InterfaceName) throws -> Bool {
    let path = NetworkdRenderer.networkFiles.path(name)
    let file = try NetworkdState(link.index, files)?.networkFile
    return file == path || file != nil && file == GeneratedFiles.runtimePath(of: path)
  }

  var readsRuntimeFiles: Bool { true }

  /// What is configured by netlink alone is foreign to networkd, which removes foreign rules whenever
  /// it configures another link or loses one (networkd.conf(5), ManageForeignRoutingPolicyRules=).
  func mayLoseRules(of link: Link) throws -> Bool {
    try NetworkdState(link.index, files)?.isUnmanaged ?? false
  }

  func obstacle(besides link: Link?) throws -> String? {
    try freshness.obstacle(besides: link?.index)?.description
  }

  /// While the primary is held, at a first boot, and where networkd has a former file of ours for the link, as
  /// of an ENI that has changed its slot: networkd would go on with the addresses and rules of that.
  ///
  /// Otherwise not: a DHCP client on another ENI, whose leavings each refresh removes, does less harm than a
  /// reload that takes the primary's lease.
  func mustTakeOver(_ link: Link, beside primary: Link?) throws -> Bool {
    guard try manages(link) else { return false }
    let file = try NetworkdState(link.index, files)?.networkFile
    if let name = file?.split(separator: "/").last,
      NetworkdRenderer.networkFiles.matches(String(name))
    {
      return true
    }
    return try primary.map { try !manages($0) } ?? true
  }

  /// Links whose file did not change are not touched (networkctl(1)).
  func takeOver(_ plan: InterfacePlan) throws { try reload() }

  /// systemd 252 may give a link up that was renamed while it was at work on it; a reload passes it over.
  ///
  /// No file is read for this, so other links have no part in it.
  func assist(_ link: Link) throws {
    guard try NetworkdState(link.index, files)?.hasFailed ?? false else { return }
    log.warning(
      "networkd has given \(link.name) up, and is told to begin anew",
      .stuck,
      about: [Subject(link)]
    )
    try Command("/usr/bin/networkctl", ["reconfigure", link.name.text]).run()
  }

  /// Without its own file the link falls to the hold, and networkd drops what it had set.
  func giveBack(_ name: InterfaceName) throws { try reload() }

  func readHold(releasing primary: Link?) throws {
    if try isRunning() { try reload() }
  }

  func file(ofPrimary link: Link) throws -> String? {
    try NetworkdState(link.index, files)?.networkFile
  }

  private func reload() throws {
    try freshness.remember { () throws(CommandError) in
      try Command("/usr/bin/networkctl", ["reload"]).run()
    }
  }

  private var freshness: NetworkdFreshness {
    NetworkdFreshness(files, isOurs: isOurs) {
      UnitStateChange.time(
        path: "/org/freedesktop/systemd1/unit/systemd_2dnetworkd_2eservice"
      )
    }
  }

  /// Whether a file of networkd's matches ENIs of ours alone, or holds them.
  private func isOurs(_ path: String) throws -> Bool {
    guard let slash = path.lastIndex(of: "/") else { return false }
    let directory = String(path[..<slash])
    let name = String(path[path.index(after: slash)...])
    // A drop-in for a file of ours matches what that file matches.
    let isDropIn = directory.hasSuffix(".network.d")
    let matching = isDropIn ? String(directory.split(separator: "/").last?.dropLast(2) ?? "") : name
    if NetworkdRenderer.isHold(matching) { return true }
    if isDropIn, NetworkdRenderer.networkFiles.matches(matching) { return true }
    let kinds = try [NetworkdRenderer() as any Renderer, NetplanRenderer()].flatMap {
      try $0.ownedFiles(names: files.names)
    }
    let near = kinds.filter {
      [$0.directory, GeneratedFiles.runtimePath(of: $0.directory)].contains(directory)
    }
    guard near.contains(where: { $0.matches(name) }), let content = try files.read(path) else {
      return false
    }
    return near.contains { $0.contains(name: name, content: content) }
  }
}
