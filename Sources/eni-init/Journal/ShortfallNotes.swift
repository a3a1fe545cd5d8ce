// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel

/// What was said in this boot about the parts of plans that the kernel does not accept.
///
/// A refresh finds the same ones each minute, and one warning is enough.
struct ShortfallNotes {
  let host: Host

  /// Below /run, so that each boot says it again.
  private static let directory = "/run/eni-init/shortfalls"

  /// Warns of each shortfall of an ENI that has not been said; forgets those that are over.
  ///
  /// `refusals` are the kernel's own words, where it was asked in this run.
  func update(_ plan: InterfacePlan, _ shortfalls: [Shortfall], refusals: [String] = []) throws {
    let path = "\(Self.directory)/\(plan.interface.id)"
    let said = try host.files.read(path)
    let messages = shortfalls.map { "\(plan.name) \($0); \($0.remedy)" }
    guard !messages.isEmpty else {
      if said != nil { try host.files.remove(path) }
      return
    }
    let known = said?.split(separator: "\n").map(String.init) ?? []
    guard messages != known else { return }
    for message in messages where !known.contains(message) {
      let reasons = refusals.isEmpty ? "" : " (\(refusals.joined(separator: "; ")))"
      host.log.warning(
        message + reasons,
        .shortfall,
        about: [Subject(plan)],
        [.reason: message]
      )
    }
    let content = messages.map { $0 + "\n" }.joined()
    _ = try host.files.replace(ConfigFile(path: path, content: content))
  }
}
