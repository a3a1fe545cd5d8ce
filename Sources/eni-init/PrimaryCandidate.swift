// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel

/// Which ENI to try as the primary while nothing tells.
enum PrimaryCandidate {
  /// The first in the order of PCI addresses: EC2 gives the primary the lowest slot at launch.
  ///
  /// Links without a PCI address come after, in the order in which the kernel saw them. One that
  /// eni-init.conf ignores is no primary, unless all are ignored.
  static func choose(among links: [Link], _ policy: Policy, _ files: FileStore) throws -> Link? {
    let managed = links.filter { link in
      link.mac.map { policy.reasonToIgnore(mac: $0) == nil } ?? false
    }
    return try (managed.isEmpty ? links : managed).map {
      (address: try address(of: $0, files), link: $0)
    }
    .min { ($0.address ?? "~", $0.link.index) < ($1.address ?? "~", $1.link.index) }?.link
  }

  /// `0000:00:05.0`; fixed in width, so the order of the text is that of the slots.
  private static func address(of link: Link, _ files: FileStore) throws -> String? {
    try files.linkTarget("/sys/class/net/\(link.name)/device")?.split(separator: "/").last
      .map(String.init)
  }
}
