// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// The marks of connections that come in by ENIs: the files, and the map of nftables that has them.
struct ContainerMarks {
  let host: Host

  private static let unit = "eni-init-container-ports.service"
  private static let nft = "/usr/sbin/nft"
  /// More than the map of the largest instance needs.
  private static let outputLimit = 1 << 16

  /// The file of an ENI; nil when connections by it are not marked.
  func file(of plan: InterfacePlan) throws -> String? {
    try host.generated.read(ContainerPorts.files.path(plan.name))
  }

  /// Has nftables read the files again: all of them, in one transaction.
  ///
  /// Called after a file was written. A path unit would miss a file that comes while its service runs.
  /// An ENI whose marks are not loaded works but for published ports, so a failure is a warning.
  func load() {
    do {
      try Command("/usr/bin/systemctl", ["restart", Self.unit]).run()
    } catch {
      host.log.warning(
        "published ports may not answer: \(error); `systemctl status \(Self.unit)` has the reason"
      )
    }
  }

  /// The links whose mark is in a file and not in the map; nil when only root can find out.
  func missing() throws -> [String]? {
    let directory = ContainerPorts.files.directory
    var planned: [String: UInt32] = [:]
    for name in try host.generated.names(in: directory) where name.hasSuffix(".nft") {
      let content = try host.generated.read("\(directory)/\(name)") ?? ""
      planned.merge(ContainerPorts.marks(in: content)) { $1 }
    }
    guard !planned.isEmpty else { return [] }
    guard let loaded = try loaded() else { return nil }
    return planned.filter { loaded[$0.key] != $0.value }.keys.sorted()
  }

  /// The map; empty without one.
  private func loaded() throws -> [String: UInt32]? {
    guard try host.files.modificationTime(Self.nft) != nil else { return [:] }
    do {
      guard try output("list", "tables").contains("table inet eni-init") else { return [:] }
      return ContainerPorts.marks(in: try output("list", "map", "inet", "eni-init", "links"))
    } catch CommandError.failed {
      return nil
    }
  }

  private func output(_ words: String...) throws -> String {
    var text = ""
    try Command(Self.nft, words).forEachLine(limit: Self.outputLimit) {
      text += String(decoding: $0, as: UTF8.self) + "\n"
    }
    return text
  }
}
