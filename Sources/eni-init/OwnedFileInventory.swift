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
    private let stack: Stack

    fileprivate init(path: String, content: String, kind: OwnedFiles, stack: Stack) {
      self.path = path
      self.content = content
      self.kind = kind
      self.stack = stack
    }

    /// Whether it configures an ENI by this stack alone; files that all stacks have do not.
    func belongs(to stack: NetworkStack) -> Bool {
      self.stack.kind == stack && !isForPrimary && !kind.isCommon
    }

    /// Whether it belongs to the ENI of this name.
    func isFor(_ name: InterfaceName) -> Bool { !isForPrimary && kind.path(name) == path }

    /// Whether it belongs to the primary.
    var isForPrimary: Bool { kind.isForPrimary }

    /// Whether only an earlier version wrote such a file.
    var isRetired: Bool { kind.isRetired }

    /// The addresses that it gives the primary.
    var primaryAddresses: [IPPrefix] {
      isForPrimary ? stack.renderer.primaryAddresses(in: content) : []
    }

    /// The instance that it was written for.
    var instance: InstanceID? { OwnedFiles.instance(in: content) }
  }

  /// All of them, in the order of their paths.
  let files: [File]

  /// Looks through the directories of every stack: the host may have had another one.
  init(_ host: Host) throws {
    var files: [String: File] = [:]
    for stack in host.stacks {
      for kind in try stack.renderer.ownedFiles(names: host.generated.names) {
        for name in try host.generated.names(in: kind.directory).filter(kind.matches) {
          let path = "\(kind.directory)/\(name)"
          guard files[path] == nil, let content = try host.generated.read(path),
            kind.contains(name: name, content: content)
          else { continue }
          files[path] = File(path: path, content: content, kind: kind, stack: stack)
        }
      }
    }
    self.files = files.values.sorted { $0.path < $1.path }
  }
}
