// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Testing

@testable import Rtnetlink

/// Captures of a real kernel, read.
@Suite("Decoding")
struct DecodingTests {
  private func state(_ name: String) throws -> KernelState {
    try #require(Capture.listings.first { $0.name == name }).state()
  }

  @Test("a link has name, alternative names, MAC, kind, MTU, group and whether it is up")
  func links() throws {
    let nic1 = Link(
      index: try #require(Link.Index(3)),
      name: try #require(InterfaceName("nic1")),
      alternativeNames: ["eni-0123456789abcdef0", "device-number-1.0"],
      address: MACAddress("02:00:00:00:01:01"),
      kind: "veth",
      mtu: 9001,
      group: .eni,
      isUp: true
    )
    let links = try state("links").links
    #expect(links.map(\.name.text) == ["lo", "peer1", "nic1"])
    #expect(links.last == nic1)
    #expect(links.first?.address == nil, "lo has no Ethernet address")
  }

  @Test("an address is the link's own, not its peer's")
  func addresses() throws {
    let ipv4 = try state("addresses-ipv4").addresses.map { "\($0.link) \($0.prefix)" }
    #expect(ipv4 == ["2 192.0.2.1/30", "3 10.0.1.5/24", "3 10.0.1.6/32"])
    let ipv6 = try state("addresses-ipv6").addresses.map { "\($0.link) \($0.prefix)" }
    #expect(ipv6 == ["3 2600:1::6/128", "3 2600:1::5/64"])
  }

  @Test("addresses of another family in the answer are skipped")
  func otherFamily() throws {
    var reply = Reply(to: 1)
    let capture = try #require(Capture.listings.first { $0.name == "addresses-ipv4" })
    for datagram in try capture.datagrams() { try reply.take(datagram) }
    #expect(try Listing.addresses(.ipv6).decode(reply.messages) == KernelState())
  }

  @Test("routes have table, gateway, metric and protocol; several next hops mean no link")
  func ipv4Routes() throws {
    let routes = try state("routes-ipv4").routes
    #expect(
      routes.map(text) == [
        "0.0.0.0/0 via 10.0.1.1 dev 3 table 10001 metric 0 proto 169",
        "10.0.1.0/24 dev 3 table 10001 metric 0 proto 169",
        "10.8.0.0/16 dev - table 10001 metric 0 proto 3",
        "10.0.1.0/24 dev 3 table main metric 513 proto kernel",
        "10.7.0.0/16 via fe80:ec2::1 dev 3 table main metric 7 proto 3",
        "192.0.2.0/30 dev 2 table main metric 0 proto kernel",
      ]
    )
  }

  @Test("an unreachable route, the table local and link-local multicast are left out")
  func ipv6Routes() throws {
    #expect(
      try state("routes-ipv6").routes.map(text) == [
        "::/0 via fe80:ec2::1 dev 3 table 10001 metric 1024 proto 169",
        "2600:1::/64 dev 3 table main metric 513 proto kernel",
      ]
    )
  }

  @Test("a rule that says more than ours can is left out")
  func rules() throws {
    #expect(
      try state("rules-ipv4").rules.map(\.description) == [
        "priority 0 from all lookup 255",
        "priority 10000 from all lookup main suppress_prefixlength 0 suppress_ifgroup 10000",
        "priority 10001 from 10.0.1.5/32 lookup 10001",
        "priority 32766 from all lookup main",
        "priority 32767 from all lookup 253",
      ]
    )
    let ipv6 = try state("rules-ipv6").rules
    #expect(ipv6.contains(.hostWide(.ipv6)))
    #expect(ipv6.count == 4)
  }

  private func text(_ entry: KernelState.LinkRoute) -> String {
    let route = entry.route
    return "\(route.destination)\(route.gateway.map { " via \($0)" } ?? "")"
      + " dev \(entry.link.map { "\($0)" } ?? "-") table \(route.table)"
      + " metric \(route.metric) proto \(route.protocol)"
  }
}
