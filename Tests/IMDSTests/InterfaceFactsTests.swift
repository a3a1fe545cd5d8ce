// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Testing

@testable import IMDS

@Suite("Facts of an ENI")
struct InterfaceFactsTests {
  static let id = "eni-0123456789abcdef0"
  static let plain: [InterfaceKey: String] = [
    .deviceNumber: "1", .networkCard: "0\n", .interfaceID: id, .localIPv4s: "10.0.1.7\n10.0.1.5",
    .subnetIPv4Block: "10.0.1.0/24",
  ]
  static let dual = plain.merging([
    .ipv6s: "2600:1f14::7", .subnetIPv6Blocks: "2600:1f14:0:ff::/64\n2600:1f14::/64",
    .ipv4Prefix: "10.0.1.16/28\n", .ipv6Prefix: "2600:1f14:0:0:1::/80",
  ]) { $1 }

  private func reading(
    _ values: [InterfaceKey: String],
    primary: Bool = false,
    cardExpected: Bool = false
  ) throws -> InterfaceReading {
    try InterfaceFacts(
      mac: macAddress("02:00:00:00:00:01"),
      isPrimary: primary,
      networkCardExpected: cardExpected,
      values: values
    ).reading()
  }

  private func settled(_ reading: InterfaceReading) throws -> NetworkInterface {
    guard case .settled(let interface) = reading else {
      Issue.record("\(reading)")
      throw IMDSError.missing(path: "")
    }
    return interface
  }

  @Test("a plain ENI is complete, its addresses in IMDS's order")
  func plainENI() throws {
    let interface = try settled(try reading(Self.plain))
    #expect(interface.id.text == Self.id)
    #expect(interface.attachment == Attachment(networkCard: 0, deviceNumber: 1))
    #expect(interface.ipv4?.addresses.map(\.description) == ["10.0.1.7", "10.0.1.5"])
    #expect(interface.ipv4?.subnet.description == "10.0.1.0/24")
    #expect(interface.ipv6 == nil)
  }

  @Test("of several IPv6 blocks the one that holds the addresses is taken")
  func dualStack() throws {
    let interface = try settled(try reading(Self.dual))
    #expect(interface.ipv6?.subnet.description == "2600:1f14::/64")
    #expect(interface.ipv6?.delegatedPrefixes.map(\.description) == ["2600:1f14:0:0:1::/80"])
    #expect(interface.ipv4?.delegatedPrefixes.map(\.description) == ["10.0.1.16/28"])
  }

  @Test("white space of any kind separates and surrounds values", arguments: ["\n", "\r\n", " \t"])
  func whiteSpace(_ space: String) throws {
    var values = Self.dual.mapValues { value in
      value.split(separator: "\n").joined(separator: space) + space
    }
    values[.interfaceID] = space + Self.id
    #expect(try reading(values) == reading(Self.dual))
  }

  @Test("an ENI of an IPv6-only subnet needs no IPv4")
  func ipv6Only() throws {
    var values = Self.dual
    for key: InterfaceKey in [.localIPv4s, .subnetIPv4Block, .ipv4Prefix] { values[key] = nil }
    let interface = try settled(try reading(values))
    #expect(interface.ipv4 == nil)
    #expect(interface.ipv6 != nil)
  }

  @Test("an ENI of a dual-stack subnet without IPv6 addresses has no IPv6 part")
  func noIPv6() throws {
    var values = Self.plain
    values[.subnetIPv6Blocks] = "2600:1f14::/64"
    #expect(try settled(try reading(values)).ipv6 == nil)
  }

  @Test("an ENI may have delegated prefixes alone")
  func prefixesAlone() throws {
    var values = Self.plain
    values[.ipv6Prefix] = "2600:1f14:0:0:1::/80"
    values[.subnetIPv6Blocks] = "2600:1f14::/64"
    #expect(try settled(try reading(values)).ipv6?.addresses == [])
  }

  struct Slot: Sendable, CustomTestStringConvertible {
    let device: String
    let card: String?
    var primary = false
    var expected = false
    let outcome: Unsettled?
    var testDescription: String {
      "device \(device), card \(card ?? "none"), primary \(primary), expected \(expected)"
    }
  }

  @Test(
    "a zero device number is believed only for the primary interface or on a known card above 0",
    arguments: [
      Slot(device: "0", card: "0", primary: true, outcome: nil),
      Slot(device: "0", card: nil, primary: true, outcome: nil),
      Slot(device: "0", card: "1", outcome: nil),
      Slot(device: "0", card: "31", expected: true, outcome: nil),
      Slot(device: "1", card: nil, outcome: nil),
      Slot(device: "99", card: "0", outcome: nil),
      Slot(device: "0", card: "0", outcome: .deviceNumberNotBelievable(0)),
      Slot(device: "0", card: nil, outcome: .deviceNumberNotBelievable(0)),
      Slot(device: "0", card: nil, expected: true, outcome: .deviceNumberNotBelievable(0)),
      Slot(device: "1", card: nil, expected: true, outcome: .networkCardMissing),
      Slot(device: "0", card: nil, primary: true, expected: true, outcome: .networkCardMissing),
      Slot(device: "2", card: "0", primary: true, outcome: .deviceNumberNotBelievable(2)),
    ]
  )
  func slots(_ slot: Slot) throws {
    var values = Self.plain
    values[.deviceNumber] = slot.device
    values[.networkCard] = slot.card
    let reading = try reading(values, primary: slot.primary, cardExpected: slot.expected)
    if let outcome = slot.outcome {
      #expect(reading == .unsettled(outcome))
      #expect(outcome.candidate == nil)
    } else {
      let attachment = try settled(reading).attachment
      #expect(String(attachment.deviceNumber) == slot.device)
      #expect(String(attachment.networkCard) == slot.card ?? "0")
    }
  }

  @Test(
    "a key that is not listed, or has no value, is waited for",
    arguments: [InterfaceKey.deviceNumber, .interfaceID, .subnetIPv4Block]
  )
  func missingKeys(_ key: InterfaceKey) throws {
    var values = Self.plain
    values[key] = nil
    #expect(try reading(values) == .unsettled(.keyNotListed(key)))
    values[key] = "\n"
    #expect(try reading(values) == .unsettled(.keyVanished(key)))
  }

  @Test("an ENI without any address may be EFA-only or early: a candidate")
  func noAddresses() throws {
    var values = Self.plain
    values[.localIPv4s] = nil
    guard case .unsettled(.noAddresses(let candidate)) = try reading(values) else {
      Issue.record("\(try reading(values))")
      return
    }
    #expect(candidate.families.isEmpty)
    #expect(candidate.id.text == Self.id)
  }

  @Test(
    "without an IPv4 address in a subnet that has IPv4 an ENI is a candidate",
    arguments: [nil, "10.0.1.16/28"]
  )
  func ipv4Missing(prefix: String?) throws {
    var values = Self.dual
    values[.localIPv4s] = nil
    values[.ipv4Prefix] = prefix
    guard case .unsettled(.ipv4AddressesMissing(let candidate)) = try reading(values) else {
      Issue.record("\(try reading(values))")
      return
    }
    #expect(candidate.ipv4?.addresses ?? [] == [] && candidate.ipv6 != nil)
  }

  @Test(
    "an empty list beside others is unknown, never an empty list",
    arguments: [InterfaceKey.ipv4Prefix, .ipv6s, .ipv6Prefix, .localIPv4s]
  )
  func emptyLists(_ key: InterfaceKey) throws {
    var values = Self.dual
    values[key] = ""
    guard case .unsettled(.emptyList(key, _)) = try reading(values) else {
      Issue.record("\(try reading(values))")
      return
    }
  }

  @Test("an address or prefix outside the subnet may be older than the subnet")
  func outsideSubnet() throws {
    let cases: [(InterfaceKey, String, Unsettled)] = [
      (.localIPv4s, "10.0.2.7", .inconsistent(.localIPv4s, .subnetIPv4Block)),
      (.ipv4Prefix, "10.0.2.16/28", .inconsistent(.ipv4Prefix, .subnetIPv4Block)),
      (.ipv6s, "2600:1f15::7", .inconsistent(.ipv6s, .subnetIPv6Blocks)),
      (.subnetIPv6Blocks, "2600:1f16::/64", .inconsistent(.ipv6s, .subnetIPv6Blocks)),
    ]
    for (key, value, reason) in cases {
      var values = Self.dual
      values[key] = value
      #expect(try reading(values) == .unsettled(reason))
    }
  }

  static let hostile: [(InterfaceKey, [String])] = [
    (
      .deviceNumber,
      [
        "-1", "+1", "999", "100", "1.0", "0x1", "one", "1 2", "1\n2", "../1", "\u{661}",
        "18446744073709551617", "1;reboot", "\u{1b}[31m1", String(repeating: "9", count: 60_000),
      ]
    ),
    (.networkCard, ["-1", "32", "1/", "0\u{0}", "\u{0}"]),
    (
      .interfaceID,
      [
        "eni-", "eni-0123", "eni-0123456789ABCDEF0", "eni-0123456789abcdef0/../..", "../../etc",
        "i-0123456789abcdef0", "eni-0123456789abcdef0 x", "$(reboot)", "<html>",
      ]
    ),
    (
      .localIPv4s,
      [
        "10.0.1.7\n10.0.1.7", "127.0.0.1", "169.254.1.1", "224.0.0.1", "255.255.255.255", "0.0.0.0",
        "10.0.1.0", "10.0.1.1", "10.0.1.255", "10.0.1.7/24", "10.0.1.07", "10.0.1", "::1", "x",
        "10.0.1.7,10.0.1.8", "10.0.1.7\n-", "10.0.1.7\u{0}",
      ]
    ),
    (
      .subnetIPv4Block,
      [
        "10.0.1.0", "10.0.1.0/33", "10.0.1.1/24", "0.0.0.0/0", "10.0.0.0/7", "10.0.1.6/31",
        "2600::/64", "10.0.1.0/-24", "10.0.1.0/024", "..",
      ]
    ),
    (
      .ipv4Prefix,
      [
        "10.0.1.16", "10.0.1.17/28", "10.0.1.0/24", "10.0.0.0/16", "0.0.0.0/0", "10.0.1.0/28",
        "10.0.1.16/28\n10.0.1.16/28", "10.0.1.16/28\n10.0.1.16/29", "224.0.0.0/28",
      ]
    ),
    (
      .ipv6s,
      [
        "fe80::1", "ff02::1", "::", "::1", "2600:1f14::7\n2600:1f14:0::7", "2600:1f14::",
        "2600:1f14::7%eth0", "2600:1f14::7/64", "10.0.1.7", "::ffff:10.0.1.7", "2600:1f14:::7",
      ]
    ),
    (.subnetIPv6Blocks, ["2600:1f14::", "2600:1f14::1/64", "::/0", "10.0.1.0/24", "x"]),
    (
      .ipv6Prefix,
      ["2600:1f14::/64", "2600:1f14::/32", "2600:1f14:0:0:1::1/80", "::/0", "fe80::/80"]
    ),
  ]

  @Test("hostile and broken values are named, and none becomes a fact", arguments: hostile)
  func hostileValues(_ key: InterfaceKey, _ values: [String]) throws {
    for value in values {
      var all = Self.dual
      all[key] = value
      let error = #expect(throws: IMDSError.self, "\(key): \(value.prefix(60))") {
        try reading(all)
      }
      guard case .malformed(key.rawValue, _, _)? = error else {
        Issue.record("\(key): \(String(describing: error))")
        continue
      }
      let text = "\(error.map(\.description) ?? "")"
      #expect(text.utf8.count < 400)
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
    }
  }
}
