// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import TestSupport
import Testing

@Suite("Facts with what the host has already")
struct KeepingTests {
  typealias Part = (subnet: String, addresses: [String], prefixes: [String])

  struct Reading: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var ipv4: Part?
    var ipv6: Part?
    var sources: [String] = []
    var onLink: [String] = []
    var keptIPv4: Part?
    var keptIPv6: Part?
  }

  static let readings = [
    Reading(
      testDescription: "what is told and routed alike is as told",
      ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.5"], ["10.0.1.16/28"]),
      sources: ["10.0.1.5/32", "10.0.1.16/28", "10.0.1.10/32"],
      keptIPv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.5"], ["10.0.1.16/28"])
    ),
    Reading(
      testDescription: "an address or prefix that is not told comes after those that are",
      ipv4: ("10.0.1.0/24", ["10.0.1.200"], ["10.0.1.32/28"]),
      sources: ["10.0.1.5/32", "10.0.1.200/32", "10.0.1.16/28"],
      keptIPv4: ("10.0.1.0/24", ["10.0.1.200", "10.0.1.5"], ["10.0.1.32/28", "10.0.1.16/28"])
    ),
    Reading(
      testDescription: "what has no rule yet is new",
      ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], []),
      sources: ["10.0.1.10/32"],
      keptIPv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], [])
    ),
    Reading(
      testDescription: "what lies outside the subnet, or is wider than it, is nobody's",
      ipv4: ("10.0.1.0/24", ["10.0.1.10"], []),
      sources: ["10.0.2.10/32", "10.0.2.16/28", "10.0.1.0/23", "10.0.1.11/32"],
      keptIPv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], [])
    ),
    Reading(
      testDescription: "an address without a rule is somebody else's",
      ipv4: ("10.0.1.0/24", ["10.0.1.10"], []),
      sources: ["10.0.1.10/32"],
      onLink: ["10.0.1.10/24", "10.0.1.99/32"],
      keptIPv4: ("10.0.1.0/24", ["10.0.1.10"], [])
    ),
    Reading(
      testDescription: "the subnet of a family that is not told is that of the address on the link",
      ipv4: ("10.0.1.0/24", ["10.0.1.10"], []),
      sources: ["2600:1f14::b/128", "2600:1f14::a/128", "2600:1f14:0:0:5::/80", "10.0.1.10/32"],
      onLink: ["10.0.1.10/24", "fe80::1/64", "2600:1f14::b/128", "2600:1f14::a/64"],
      keptIPv4: ("10.0.1.0/24", ["10.0.1.10"], []),
      keptIPv6: ("2600:1f14::/64", ["2600:1f14::b", "2600:1f14::a"], ["2600:1f14:0:0:5::/80"])
    ),
    Reading(
      testDescription: "a family that is not told and has no rule stays away",
      ipv6: ("2600:1f14::/64", ["2600:1f14::a"], []),
      onLink: ["10.0.1.10/24", "2600:1f14::a/64"],
      keptIPv6: ("2600:1f14::/64", ["2600:1f14::a"], [])
    ),
    Reading(
      testDescription: "a family that is not told and has no subnet on the link stays away",
      sources: ["10.0.1.10/32", "2600:1f14::a/128"],
      onLink: ["10.0.1.10/32", "169.254.1.1/16", "fe80::1/64"]
    ),
  ]

  @Test("what a rule routes is kept, and all that is told", arguments: readings)
  func keeping(_ reading: Reading) {
    let told = Fixture.interface(1, device: 3, ipv4: reading.ipv4, ipv6: reading.ipv6)
    let kept = told.keeping(
      reading.sources.compactMap { IPPrefix($0) },
      onLink: reading.onLink.compactMap { IPPrefix($0) }
    )
    #expect(
      kept == Fixture.interface(1, device: 3, ipv4: reading.keptIPv4, ipv6: reading.keptIPv6)
    )
  }

  private func primary(_ addresses: String...) -> PrimaryPlan {
    PrimaryPlan(
      mac: Fixture.primaryMAC,
      addresses: addresses.compactMap { IPAddress($0)?.hostPrefix }
    )
  }

  @Test("the primary keeps what an earlier plan gave it, after what is told")
  func primary() {
    let told = primary("10.0.0.21", "2600:1f14::21")
    let earlier = primary("10.0.0.20", "10.0.0.21").addresses
    #expect(told.keeping(earlier) == primary("10.0.0.21", "2600:1f14::21", "10.0.0.20"))
    #expect(told.keeping([]) == told)
  }

  @Test(
    "what the image gives the primary is not given again, and of each family something is its own",
    arguments: [
      ([], ["10.0.0.20", "2600:1f14::b"]),
      (["10.0.0.10"], ["10.0.0.20", "2600:1f14::b"]),
      (["10.0.0.10", "2600:1f14::b"], ["10.0.0.20", "2600:1f14::a"]),
      (["10.0.0.10", "10.0.0.20", "192.0.2.1"], ["2600:1f14::b"]),
    ]
  )
  func given(_ given: [String], _ rest: [String]) {
    let told = primary("10.0.0.10", "10.0.0.20", "2600:1f14::a", "2600:1f14::b")
    let remaining = told.without(Set(given.compactMap { IPAddress($0) }))
    #expect(remaining.addresses.map { "\($0.address)" } == rest)
  }
}
