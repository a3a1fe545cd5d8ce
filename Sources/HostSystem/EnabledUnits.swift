// SPDX-License-Identifier: Apache-2.0

/// Which units systemd starts at boot, read without asking it: before it has started them, too.
package struct EnabledUnits: Sendable {
  /// Where units are enabled, by an administrator, a package or a generator (systemd.unit(5)).
  private static let directories = [
    "/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator",
    "/run/systemd/generator.late", "/usr/lib/systemd/system",
  ]

  private let files: FileStore

  /// The units of this host.
  package init(_ files: FileStore) {
    self.files = files
  }

  /// Whether any target wants the unit.
  package func contains(_ unit: String) throws(SystemCallError) -> Bool {
    for directory in Self.directories {
      for target in try files.names(in: directory) where target.hasSuffix(".wants") {
        if try files.modificationTime("\(directory)/\(target)/\(unit)") != nil { return true }
      }
    }
    return false
  }
}
