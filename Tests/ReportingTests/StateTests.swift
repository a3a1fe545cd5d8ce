// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import Reporting
import TestSupport
import Testing

@Suite("What an ENI is at the moment")
struct StateTests {
  /// What there is to know of an ENI, and what that makes of it.
  struct Case: Sendable, CustomTestStringConvertible {
    var role = InterfaceRecord.Role.secondary
    var isLinkThere = true
    var isUp = true
    var address: String? = "10.0.1.10/24"
    var told = ENIView.Told.nothing
    var ignoredBy: String?
    var drift: [Drift] = []
    let expected: String
    let testDescription: String
  }

  static let cases = [
    Case(role: .primary, expected: "primary", testDescription: "the primary"),
    Case(
      role: .primary,
      drift: [.gap("an address is missing")],
      expected: "drifted: an address is missing",
      testDescription: "the primary without a secondary address"
    ),
    Case(role: .unknown, expected: "unknown", testDescription: "before the primary is known"),
    Case(
      isLinkThere: false,
      expected: "absent: IMDS lists it, the kernel does not",
      testDescription: "no link"
    ),
    Case(
      isUp: false,
      address: nil,
      told: .unsettled("no device number yet"),
      expected: "held: no device number yet",
      testDescription: "facts are not complete"
    ),
    Case(
      isUp: false,
      address: nil,
      expected: "held: IMDS does not answer",
      testDescription: "down, without IMDS"
    ),
    Case(
      isUp: false,
      address: nil,
      told: .notListed,
      expected: "held: IMDS does not list it",
      testDescription: "down, not listed"
    ),
    Case(
      ignoredBy: "ENI=eni-0a1b2c3d in eni-init.conf",
      expected: "ignored: ENI=eni-0a1b2c3d in eni-init.conf",
      testDescription: "ignored"
    ),
    Case(
      drift: [.file("/etc/a"), .file("/etc/b")],
      expected: "drifted: /etc/a is not as planned, and 3 more",
      testDescription: "several things at once"
    ),
  ]

  @Test("is told by what is known", arguments: cases)
  func state(_ known: Case) throws {
    let mac = try #require(MACAddress("02:00:00:00:00:06"))
    let index = try #require(Link.Index(3))
    var kernel = KernelState()
    if known.isLinkThere {
      let name = try #require(InterfaceName("nic1"))
      kernel.links = [Link(index: index, name: name, address: mac, isUp: known.isUp)]
    }
    if let address = known.address.flatMap({ IPPrefix($0) }) {
      kernel.addresses = [.init(link: index, prefix: address)]
    }
    let eni = ENIView(
      role: known.role,
      mac: mac,
      record: InterfaceRecord(role: .secondary, mac: mac, id: nil, name: InterfaceName("nic1")),
      told: known.told,
      ignoredBy: known.ignoredBy,
      drift: known.drift,
      namePrefix: "nic",
      kernel: kernel
    )
    let state = eni.state
    let text = state.word + (state.reason.map { ": \($0)" } ?? "")
    #expect(text == known.expected)
  }
}
