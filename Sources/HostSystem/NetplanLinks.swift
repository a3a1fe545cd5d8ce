// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// How netplan calls the links that it is told to rename (`set-name`), as its .link files of this boot say.
package struct NetplanLinks: Sendable {
  private static let directory = "/run/systemd/network"

  /// The names by the MAC addresses they are for.
  package let names: [MACAddress: InterfaceName]

  /// Reads what netplan has generated; nothing where there is none.
  package init(_ files: FileStore) throws(SystemCallError) {
    var names: [MACAddress: InterfaceName] = [:]
    for file in try files.names(in: Self.directory)
    where file.hasPrefix("10-netplan-") && file.hasSuffix(".link") {
      let path = "\(Self.directory)/\(file)"
      // One that systemd cannot read either names nothing.
      guard let content = try files.read(path),
        let settings = try? SettingsFile(path: path, content: content),
        let mac = settings.value("PermanentMACAddress") ?? settings.value("MACAddress"),
        let mac = MACAddress(mac),
        let name = settings.value("Name", in: "Link").flatMap({ InterfaceName($0) })
      else { continue }
      names[mac] = name
    }
    self.names = names
  }
}

extension SettingsFile {
  fileprivate func value(_ key: String, in section: String = "Match") -> String? {
    assignments.last { $0.section == section && $0.key == key }?.value
  }
}
