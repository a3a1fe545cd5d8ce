// SPDX-License-Identifier: Apache-2.0

/// How many frames from an ENI the source check dropped, by what was foreign in them.
package struct SourceCheckDrops: Hashable, Sendable {
  /// The Ethernet source.
  package let mac: Int
  /// The sender's address in ARP.
  package let arp: Int
  /// The IPv4 source.
  package let ipv4: Int
  /// The IPv6 source.
  package let ipv6: Int

  /// All of them.
  package var total: Int { mac + arp + ipv4 + ipv6 }
}
