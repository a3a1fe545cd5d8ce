// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Has netplan call an ENI by the name that it has, in whichever YAML file another name is.
///
/// cloud-init writes `set-name` with the kernel's name for each ENI of a first boot. `netplan apply` takes
/// an ENI down to rename it back to that. The entry has the same id, so netplan merges the two, and the
/// later file decides. It has a match of its own, because netplan refuses a `set-name` without one, and
/// with that all of its files.
///
/// In /run, so that a disk that boots as another instance has no such file when netplan first reads.
package enum NetplanNames {
  /// The file; netplan reads it after all others, by its name.
  package static let path = "/run/netplan/zz-eni-init-names.yaml"

  /// Whether a file at that path with this content is ours.
  package static func isOwn(_ content: String) -> Bool { OwnedFiles.hasHeader(content) }

  /// One ENI that netplan has another name for.
  package struct Entry: Hashable, Sendable {
    /// The key of its part in YAML.
    let id: String
    /// Its MAC address.
    let mac: MACAddress
    /// Its name.
    let name: InterfaceName

    /// - Returns: nil for an id that netplan has changed for use in a file's name.
    package init?(id: String, mac: MACAddress, name: InterfaceName) {
      guard id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
        !id.contains(where: { "%\"\\".contains($0) })
      else { return nil }
      self.id = id
      self.mac = mac
      self.name = name
    }
  }

  /// The file for `entries`, of which there is at least one.
  package static func file(for entries: [Entry]) -> ConfigFile {
    let settings = entries.flatMap { entry in
      [
        "    \"\(entry.id)\":",
        "      match:",
        "        macaddress: \"\(entry.mac)\"",
        "      set-name: \"\(entry.name)\"",
        "      optional: true",
        "      dhcp4: false",
        "      dhcp6: false",
      ]
    }
    return ConfigFile(
      path: path,
      lines: [
        "\(Header.firstWords)(8), for this boot.",
        "# ENIs by their names, which `netplan apply` would change.",
        "network:", "  version: 2", "  ethernets:",
      ] + settings,
      // As netplan demands.
      mode: 0o600
    )
  }
}
