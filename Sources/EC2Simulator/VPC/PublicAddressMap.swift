// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// The internet gateway's one-to-one translation between public and private IPv4 addresses, as
/// nftables commands.
///
/// Packets from the internet reach a public address only here: no ENI has one. A private address
/// stays reachable from the internet directly, which no real one is.
enum PublicAddressMap {
  /// The commands that begin the translation, of nothing yet.
  static let beginning = """
    add table ip vpc
    add map ip vpc to_private { type ipv4_addr : ipv4_addr; }
    add map ip vpc to_public { type ipv4_addr : ipv4_addr; }
    add chain ip vpc prerouting { type nat hook prerouting priority dstnat; }
    add rule ip vpc prerouting iifname "internet" dnat to ip daddr map @to_private
    add chain ip vpc postrouting { type nat hook postrouting priority srcnat; }
    add rule ip vpc postrouting oifname "internet" snat to ip saddr map @to_public

    """

  /// The commands that end it.
  static let ending = "delete table ip vpc\n"

  /// The commands that translate the public addresses of these ENIs, and no others.
  static func update(for enis: some Sequence<SimulatedENI>) -> String {
    var script = "flush map ip vpc to_private\nflush map ip vpc to_public\n"
    var isMapped: Set<IPAddress> = []
    for mapped in enis.flatMap(\.publicAddresses) {
      script += "add element ip vpc to_private { \(mapped.address) : \(mapped.privateAddress) }\n"
      // A private address has at most one public address; a test may give it more.
      guard isMapped.insert(mapped.privateAddress).inserted else { continue }
      script += "add element ip vpc to_public { \(mapped.privateAddress) : \(mapped.address) }\n"
    }
    return script
  }
}
