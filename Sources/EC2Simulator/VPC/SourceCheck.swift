// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel

/// The VPC's source/destination check of one port, as nftables rules on the port's ingress.
///
/// A packet whose source is not the ENI's is dropped and counted before anything looks at it. Free
/// are the sources that belong to nobody: 0.0.0.0, :: and IPv6 link-local.
struct SourceCheck {
  let port: String

  private static let reasons = ["mac", "arp", "ipv4", "ipv6"]

  /// The commands that begin the check for packets from `eni`.
  func beginning(for eni: SimulatedENI) -> String {
    let counters = Self.reasons.map { "add counter netdev vpc \(port)_\($0)\n" }.joined()
    let rules = [
      "ether saddr != \(eni.mac) counter name \(port)_mac drop",
      "arp saddr ip 0.0.0.0 accept",
      "arp saddr ip != @\(port)_v4 counter name \(port)_arp drop",
      "ip saddr 0.0.0.0 accept",
      "ip saddr != @\(port)_v4 counter name \(port)_ipv4 drop",
      "ip6 saddr { ::, fe80::/10 } accept",
      "ip6 saddr != @\(port)_v6 counter name \(port)_ipv6 drop",
    ]
    return """
      add table netdev vpc
      \(counters)
      add set netdev vpc \(port)_v4 { type ipv4_addr; flags interval; auto-merge; }
      add set netdev vpc \(port)_v6 { type ipv6_addr; flags interval; auto-merge; }
      add chain netdev vpc \(port) { type filter hook ingress device "\(port)" priority 0; }
      \(rules.map { "add rule netdev vpc \(port) \($0)\n" }.joined())
      \(update(for: eni))
      """
  }

  /// The commands that set which sources are the ENI's, in one transaction.
  func update(for eni: SimulatedENI) -> String {
    var script = "flush set netdev vpc \(port)_v4\nflush set netdev vpc \(port)_v6\n"
    for (family, set) in [(AddressFamily.ipv4, "v4"), (.ipv6, "v6")] {
      let sources = eni.sources.filter { $0.family == family }.map(\.description)
      guard !sources.isEmpty else { continue }
      script += "add element netdev vpc \(port)_\(set) { \(sources.joined(separator: ", ")) }\n"
    }
    return script
  }

  /// The commands that end the check.
  var ending: String {
    "delete chain netdev vpc \(port)\n"
      + "delete set netdev vpc \(port)_v4\ndelete set netdev vpc \(port)_v6\n"
      + Self.reasons.map { "delete counter netdev vpc \(port)_\($0)\n" }.joined()
  }

  /// What was dropped so far.
  func drops() throws -> SourceCheckDrops {
    let text = try Program(["nft", "-j", "list", "counters", "netdev"]).run()
    guard let answer = try? JSONDecoder().decode(CounterListing.self, from: Data(text.utf8)) else {
      throw VPCError.unreadableCounters(text)
    }
    let packets = Dictionary(
      answer.nftables.compactMap(\.counter).map { ($0.name, $0.packets) },
      uniquingKeysWith: +
    )
    let count = { (reason: String) throws(VPCError) -> Int in
      guard let count = packets["\(port)_\(reason)"] else {
        throw .unreadableCounters("no counter \(port)_\(reason)")
      }
      return count
    }
    return SourceCheckDrops(
      mac: try count("mac"),
      arp: try count("arp"),
      ipv4: try count("ipv4"),
      ipv6: try count("ipv6")
    )
  }

  private struct CounterListing: Decodable {
    struct Entry: Decodable {
      let counter: Counter?
    }

    struct Counter: Decodable {
      let name: String
      let packets: Int
    }

    let nftables: [Entry]
  }
}
