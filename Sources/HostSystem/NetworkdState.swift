// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What systemd-networkd publishes of a link below /run (sd-network): read without asking it.
package struct NetworkdState: Hashable, Sendable {
  /// `ADMIN_STATE`: pending, initialized, configuring, configured, unmanaged, failed, linger.
  package let administrativeState: String
  /// `NETWORK_FILE`: the file that configures the link; nil for none.
  package let networkFile: String?

  /// `NETWORK_FILE_DROPINS`: the drop-ins of that file that networkd has read.
  package let dropIns: [String]

  /// Whether networkd leaves the link alone.
  package var isUnmanaged: Bool { administrativeState == "unmanaged" }

  /// Whether networkd has given the link up.
  package var hasFailed: Bool { administrativeState == "failed" }

  /// Whether networkd knows what to do with the link; not so while udev is at work on it.
  package var isDecided: Bool { !["pending", "initialized"].contains(administrativeState) }

  /// The state of one link; nil when networkd has none for it, or does not run.
  package init?(_ link: Link.Index, _ files: FileStore) throws(SystemCallError) {
    guard let content = try files.read("/run/systemd/netif/links/\(link)") else { return nil }
    var values: [Substring: Substring] = [:]
    for line in content.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      values[line[..<equals]] = line[line.index(after: equals)...]
    }
    guard let state = values["ADMIN_STATE"] else { return nil }
    administrativeState = String(state)
    networkFile = values["NETWORK_FILE"].map(String.init)
    dropIns = (values["NETWORK_FILE_DROPINS"] ?? "").split { " \"".contains($0) }.map(String.init)
  }
}
