// SPDX-License-Identifier: Apache-2.0

/// The links that are ENIs, by their MAC: the only place in the program that maps a MAC to a link.
///
/// A bridge, bond, VLAN, macvlan or Open vSwitch port may have the MAC of an ENI, so the MAC alone proves
/// nothing. An ENI is a link that udev's rule has put into ``LinkGroup/eni``. Only when no such link has
/// the MAC, because udev has seen no event since the installation, a link counts that the kernel shows as
/// hardware. The order in which the kernel lists the links changes nothing.
package struct ENILinks: Sendable {
  private let byMAC: [MACAddress: Link]

  /// The ENIs among `links`.
  package init(_ links: [Link]) {
    let candidates = links.compactMap { link in link.mac.map { (mac: $0, link: link) } }
    byMAC = Dictionary(
      candidates.filter { $0.link.group == .eni || $0.link.kind == nil }.map { ($0.mac, $0.link) },
      uniquingKeysWith: { Self.rank($0) < Self.rank($1) ? $0 : $1 }
    )
  }

  /// The link of the ENI with this MAC; nil when it has none.
  package subscript(_ mac: MACAddress) -> Link? { byMAC[mac] }

  /// The MACs of all ENIs that have a link.
  package var macs: Set<MACAddress> { Set(byMAC.keys) }

  /// The lowest wins: udev's mark, then hardware, then a permanent address, then the older link.
  private static func rank(_ link: Link) -> (Int, Int, Int, UInt32) {
    (
      link.group == .eni ? 0 : 1, link.kind == nil ? 0 : 1, link.permanentAddress == nil ? 1 : 0,
      link.index.rawValue
    )
  }
}
