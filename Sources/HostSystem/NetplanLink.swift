// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// A link that netplan renames (`set-name`), by one of its .link files of this boot.
package struct NetplanLink: Hashable, Sendable {
  /// The key of the link's part in YAML.
  package let id: String
  /// The MAC address that it is matched by.
  package let mac: MACAddress
  /// The name that netplan gives it.
  package let name: InterfaceName

  private static let directory = "/run/systemd/network"
  private static let prefix = "10-netplan-"
  private static let suffix = ".link"

  /// All of them, in the order of their ids; none where netplan has generated nothing.
  package static func all(_ files: FileStore) throws(SystemCallError) -> [NetplanLink] {
    var links: [NetplanLink] = []
    for file in try files.names(in: directory).sorted()
    where file.hasPrefix(prefix) && file.hasSuffix(suffix) {
      let path = "\(directory)/\(file)"
      let id = String(file.dropFirst(prefix.count).dropLast(suffix.count))
      // A file that systemd cannot read names nothing either.
      guard let content = try files.read(path),
        let settings = try? SettingsFile(path: path, content: content),
        let mac = settings.value("PermanentMACAddress") ?? settings.value("MACAddress"),
        let mac = MACAddress(mac),
        let name = settings.value("Name", in: "Link").flatMap({ InterfaceName($0) })
      else { continue }
      links.append(NetplanLink(id: id, mac: mac, name: name))
    }
    return links
  }
}

extension SettingsFile {
  fileprivate func value(_ key: String, in section: String = "Match") -> String? {
    assignments.last { $0.section == section && $0.key == key }?.value
  }
}
