// SPDX-License-Identifier: Apache-2.0

/// The files from which networkd makes its configuration: `.network` and `.netdev` files, masks among
/// them, and their drop-ins (systemd.network(5), systemd.netdev(5)).
struct NetworkdSources {
  /// Where networkd looks.
  private static let directories = ["/etc", "/run", "/usr/local/lib", "/usr/lib"].map {
    "\($0)/systemd/network"
  }

  /// The paths of all of them, in the order of the directories.
  let paths: [String]

  /// Looks through the directories.
  init(_ files: FileStore) throws(SystemCallError) {
    var paths: [String] = []
    for directory in Self.directories {
      for name in try files.names(in: directory) {
        let path = "\(directory)/\(name)"
        if name.hasSuffix(".network") || name.hasSuffix(".netdev") {
          paths.append(path)
        } else if name.hasSuffix(".network.d") || name.hasSuffix(".netdev.d") {
          paths += try files.names(in: path).filter { $0.hasSuffix(".conf") }.map {
            "\(path)/\($0)"
          }
        }
      }
    }
    self.paths = paths
  }

  /// Where the drop-ins of a file may lie; they count wherever the file itself lies.
  static func dropInDirectories(of file: String) -> [String] {
    let name = file.split(separator: "/").last ?? ""
    return directories.map { "\($0)/\(name).d" }
  }
}
