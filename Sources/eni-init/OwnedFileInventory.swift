// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// The generated files that are on disk: ours by name and by first line.
struct OwnedFileInventory {
  /// One generated file.
  struct File {
    /// Its absolute path.
    let path: String
    /// Its content.
    let content: String
    fileprivate let kind: OwnedFiles

    /// Whether it belongs to the ENI of this name.
    func isFor(_ name: InterfaceName) -> Bool { !isForPrimary && kind.path(name) == path }

    /// Whether it belongs to the primary.
    var isForPrimary: Bool { kind.isForPrimary }

    /// The instance that it was written for.
    var instance: InstanceID? { OwnedFiles.instance(in: content) }
  }

  /// All of them, in the order of their paths.
  let files: [File]

  /// Looks through the directories of the host's stack.
  init(_ host: Host) throws {
    files = try host.renderer.ownedFiles(names: { try host.files.names(in: $0) }).flatMap { kind in
      try host.files.names(in: kind.directory).filter(kind.matches).compactMap { name in
        let path = "\(kind.directory)/\(name)"
        guard let content = try host.files.read(path),
          kind.contains(name: name, content: content)
        else { return nil }
        return File(path: path, content: content, kind: kind)
      }
    }
  }
}
