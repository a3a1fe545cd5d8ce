// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// The configuration in force, and where each part of it stands.
///
/// As systemd has it: the first `eni-init.conf` of /etc, /run and /usr/lib, then the drop-ins of
/// `eni-init.conf.d/` of all three in the order of their names, of which one in /etc hides those of the
/// same name. What comes later counts; lists grow; an empty value is the default again.
package struct Configuration: Hashable, Sendable {
  /// What it says.
  package private(set) var policy = Policy()
  /// Where each setting stands that is not the default, by section and key.
  package private(set) var origins: [SettingName: [SettingOrigin]] = [:]
  /// The files that were read, in the order in which they count.
  package private(set) var files: [String] = []

  private static let directories = ["/etc/eni-init", "/run/eni-init", "/usr/lib/eni-init"]
  private static let name = "eni-init.conf"

  /// The defaults.
  package init() {}

  /// Reads all there is; without a file the defaults are in force.
  package init(_ store: FileStore) throws(ConfigurationError) {
    for path in try Self.paths(store) {
      let content: String?
      do throws(SystemCallError) { content = try store.read(path) } catch {
        throw .unreadable(error)
      }
      guard let content else { continue }
      files.append(path)
      for assignment in try SettingsFile(path: path, content: content).assignments {
        try apply(assignment)
      }
    }
  }

  private static func paths(_ store: FileStore) throws(ConfigurationError) -> [String] {
    do throws(SystemCallError) {
      var dropIns: [String: String] = [:]
      var main: String?
      for directory in directories {
        for file in try store.names(in: "\(directory)/\(name).d") where file.hasSuffix(".conf") {
          dropIns[file] = dropIns[file] ?? "\(directory)/\(name).d/\(file)"
        }
        if main == nil, try store.modificationTime("\(directory)/\(name)") != nil {
          main = "\(directory)/\(name)"
        }
      }
      return [main].compactMap(\.self) + dropIns.sorted { $0.key < $1.key }.map(\.value)
    } catch {
      throw .unreadable(error)
    }
  }

  private mutating func apply(_ assignment: SettingsFile.Assignment) throws(ConfigurationError) {
    guard let name = SettingName(section: assignment.section, key: assignment.key) else {
      throw .unknownKey(assignment.origin, section: assignment.section, key: assignment.key)
    }
    if assignment.value.isEmpty {
      name.reset(&policy)
      origins[name] = nil
      return
    }
    guard name.set(&policy, assignment.value) else {
      throw .invalid(
        assignment.origin,
        key: assignment.key,
        value: assignment.value,
        expected: name.expected
      )
    }
    origins[name] = (name.isList ? origins[name] ?? [] : []) + [assignment.origin]
  }
}
