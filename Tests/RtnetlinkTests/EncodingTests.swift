// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Testing

@testable import Rtnetlink

/// Requests as they travel: octet by octet for those with a trap in them, and read back as what
/// the kernel would answer for the rest.
@Suite("Encoding")
struct EncodingTests {
  private let link: Link.Index
  private let name: InterfaceName

  init() throws {
    link = try #require(Link.Index(3))
    name = try #require(InterfaceName("nic1"))
  }

  private func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }

  private func message(_ request: [UInt8]) throws -> NetlinkMessage {
    var reader = MessageReader(request)
    let message = try #require(try reader.next())
    #expect(try reader.next() == nil)
    #expect(message.sequence == 7)
    return message
  }

  @Test("an alternative name is nested and marked as nested")
  func alternativeName() {
    let request = Change.addAlternativeName("eni-0", link, name).request(sequence: 7)
    #expect(
      request
        == bytes(
          hex: """
            30 00 00 00 6c 00 05 0e 07 00 00 00 00 00 00 00 # RTM_NEWLINKPROP create, excl, append
            00 00 00 00 03 00 00 00 00 00 00 00 00 00 00 00 # ifinfomsg: index 3
            10 00 34 80                                     # IFLA_PROP_LIST, NLA_F_NESTED
            0a 00 35 00 65 6e 69 2d 30 00 00 00             # IFLA_ALT_IFNAME, padded
            """
        )
    )
  }

  @Test("an alternative name is removed by the same attributes")
  func removedAlternativeName() {
    let request = Change.removeAlternativeName("eni-0", link, name).request(sequence: 7)
    #expect(
      request
        == bytes(
          hex: """
            30 00 00 00 6d 00 05 00 07 00 00 00 00 00 00 00 # RTM_DELLINKPROP
            00 00 00 00 03 00 00 00 00 00 00 00 00 00 00 00 # ifinfomsg: index 3
            10 00 34 80                                     # IFLA_PROP_LIST, NLA_F_NESTED
            0a 00 35 00 65 6e 69 2d 30 00 00 00             # IFLA_ALT_IFNAME, padded
            """
        )
    )
  }

  @Test("up and down touch IFF_UP and no other flag", arguments: [true, false])
  func upAndDown(_ up: Bool) {
    let change = up ? Change.setUp(link, name) : .setDown(link, name)
    #expect(
      change.request(sequence: 7)
        == bytes(
          hex: """
            20 00 00 00 13 00 05 00 07 00 00 00 00 00 00 00 # RTM_SETLINK, request, ack
            00 00 00 00 03 00 00 00                         # index 3
            0\(up ? 1 : 0) 00 00 00 01 00 00 00             # ifi_flags, ifi_change: IFF_UP
            """
        )
    )
  }

  @Test("the host-wide rule, marked as ours")
  func hostWideRule() {
    #expect(
      Change.addRule(.hostWide(.ipv4)).request(sequence: 7)
        == bytes(
          hex: """
            44 00 00 00 20 00 05 06 07 00 00 00 00 00 00 00 # RTM_NEWRULE, ack, create, excl
            02 00 00 00 fe 00 00 01 00 00 00 00             # AF_INET, main, FR_ACT_TO_TBL
            08 00 06 00 10 27 00 00                         # FRA_PRIORITY 10000
            08 00 0f 00 fe 00 00 00                         # FRA_TABLE 254
            08 00 0e 00 00 00 00 00                         # FRA_SUPPRESS_PREFIXLEN 0
            08 00 0d 00 10 27 00 00                         # FRA_SUPPRESS_IFGROUP 10000
            05 00 15 00 a9 00 00 00                         # FRA_PROTOCOL 169
            """
        )
    )
  }

  @Test("a lone IPv6 address brings no route and is not probed for")
  func loneAddress() throws {
    let change = Change.addAddress(try prefix("2600:1::6/128"), link, name)
    #expect(
      change.request(sequence: 7)
        == bytes(
          hex: """
            48 00 00 00 14 00 05 06 07 00 00 00 00 00 00 00 # RTM_NEWADDR, ack, create, excl
            0a 80 00 00 03 00 00 00                         # AF_INET6, /128, index 3
            14 00 02 00 26 00 00 01 00 00 00 00 00 00 00 00 00 00 00 06 # IFA_LOCAL
            14 00 01 00 26 00 00 01 00 00 00 00 00 00 00 00 00 00 00 06 # IFA_ADDRESS
            08 00 08 00 02 02 00 00                         # IFA_FLAGS: NOPREFIXROUTE, NODAD
            """
        )
    )
  }

  @Test("an address with the subnet's length brings no route either")
  func subnetAddress() throws {
    let change = Change.addAddress(try prefix("10.0.1.5/24"), link, name)
    #expect(
      change.request(sequence: 7)
        == bytes(
          hex: """
            30 00 00 00 14 00 05 06 07 00 00 00 00 00 00 00 # RTM_NEWADDR
            02 18 00 00 03 00 00 00                         # AF_INET, /24, index 3
            08 00 02 00 0a 00 01 05                         # IFA_LOCAL
            08 00 01 00 0a 00 01 05                         # IFA_ADDRESS
            08 00 08 00 00 02 00 00                         # IFA_FLAGS: NOPREFIXROUTE
            """
        )
    )
  }

  @Test(
    "a route is read back as it was",
    arguments: [
      ("0.0.0.0/0", "10.0.1.1", 10_001, 0), ("10.0.1.0/24", nil, 10_001, 513),
      ("::/0", "fe80:ec2::1", 13_199, 7), ("2600:1::/64", nil, 254, 0),
      ("10.7.0.0/16", "fe80:ec2::1", 253, 1),
    ] as [(String, String?, UInt32, UInt32)]
  )
  func route(_ destination: String, _ gateway: String?, _ table: UInt32, _ metric: UInt32) throws {
    let route = Route(
      destination: try prefix(destination),
      gateway: try gateway.map { try #require(IPAddress($0)) },
      table: RouteTable(rawValue: table),
      metric: metric,
      protocol: .eniInit
    )
    let message = try message(Change.addRoute(route, link, name).request(sequence: 7))
    #expect(message.flags == [.request, .acknowledge, .create, .exclusive])
    let decoded = try RouteMessage.decode(message, family: route.destination.family)
    #expect(decoded == KernelState.LinkRoute(link: link, route: route))
  }

  @Test("a rule is read back as it was", arguments: ["10.0.1.5/32", "10.0.1.16/28", "2600::/80"])
  func rule(_ source: String) throws {
    let table = RouteTable(rawValue: 10_001)
    let rule = RoutingPolicyRule.from(
      try prefix(source),
      table: table,
      priority: RulePriority(rawValue: 10_001)
    )
    for rule in [rule, .to(try prefix(source), table: table, priority: .primary)] {
      let message = try message(Change.addRule(rule).request(sequence: 7))
      #expect(try RuleMessage.decode(message, family: rule.family) == rule)
    }
  }

  @Test("a text longer than an attribute can be still makes a well-formed message")
  func absurdText() throws {
    let long = String(repeating: "x", count: 70_000)
    let message = try message(Change.addAlternativeName(long, link, name).request(sequence: 7))
    var reader = AttributeReader(message.payload.dropFirst(16))
    #expect(try reader.next()?.type == LinkAttribute.propertyList)
    #expect(try reader.next() == nil)
  }
}
