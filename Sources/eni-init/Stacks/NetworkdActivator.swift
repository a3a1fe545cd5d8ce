// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// systemd-networkd.
struct NetworkdActivator: Activator {
  let files: FileStore
  let log: Log

  func manages(_ link: Link) throws -> Bool {
    guard let state = try NetworkdState(link.index, files) else { return false }
    return !state.isUnmanaged && state.networkFile != nil
  }

  func isEnabled() throws -> Bool {
    try EnabledUnits(files).contains("systemd-networkd.service")
  }

  func isRunning() throws -> Bool { try NetworkdFreshness.isRunning(files) }

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
    try NetworkdFreshness.rewrittenFiles(besides: link?.index, files).first.map {
      "a reload now would touch other links, because \($0) was written since networkd started"
    }
  }

  /// Links whose file did not change are not touched (networkctl(1)).
  func takeOver(_ plan: InterfacePlan) throws { try reload() }

  /// systemd 252 may give a link up that was renamed while it was at work on it; a reload passes it
  /// over.
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
    try NetworkdFreshness.remember(files) { () throws(CommandError) in
      try Command("/usr/bin/networkctl", ["reload"]).run()
    }
  }
}
