// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Testing

@Suite("What follows from a slot")
struct AttachmentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let card: Int
    let device: Int
    let name: String
    let number: UInt32
    let subnetNumber: UInt32
    var testDescription: String { "card \(card), device \(device)" }
  }

  @Test(
    "name, table and priorities are functions of card and device alone",
    arguments: [
      Case(card: 0, device: 1, name: "nic1", number: 10_001, subnetNumber: 13_201),
      Case(card: 0, device: 15, name: "nic15", number: 10_015, subnetNumber: 13_215),
      Case(card: 1, device: 0, name: "nic0c1", number: 10_100, subnetNumber: 13_300),
      Case(card: 3, device: 1, name: "nic1c3", number: 10_301, subnetNumber: 13_501),
      Case(card: 31, device: 99, name: "nic99c31", number: 13_199, subnetNumber: 16_399),
    ]
  )
  func numbers(expected: Case) throws {
    let slot = try #require(Attachment(networkCard: expected.card, deviceNumber: expected.device))
    #expect(slot.name()?.text == expected.name)
    #expect(slot.table.rawValue == expected.number)
    #expect(slot.rulePriority.rawValue == expected.number)
    #expect(slot.subnetPriority.rawValue == expected.subnetNumber)
    #expect(Attachment(alternativeName: slot.alternativeName) == slot)
    #expect(try Attachment(name: #require(slot.name())) == slot)
  }

  @Test(
    "a name that no slot has is not read back",
    arguments: ["nic", "nicc1", "nic01", "nic1c", "nic1c0", "nic1c01", "nic100", "ens5", "nic-7"]
  )
  func foreignName(text: String) throws {
    #expect(try Attachment(name: #require(InterfaceName(text))) == nil)
  }

  @Test("all slots have different tables, inside the reserved range")
  func distinct() {
    let slots = (0...31).flatMap { card in
      (0...99).compactMap { Attachment(networkCard: card, deviceNumber: $0) }
    }
    #expect(Set(slots.map(\.table)).count == 3200)
    #expect(slots.allSatisfy { RouteTable.reserved.contains($0.table) })
    #expect(slots.allSatisfy { RulePriority.reserved.contains($0.rulePriority) })
  }

  @Test(
    "a number beyond the numbering has no slot",
    arguments: [(-1, 1), (0, -1), (32, 0), (0, 100)]
  )
  func outside(card: Int, device: Int) {
    #expect(Attachment(networkCard: card, deviceNumber: device) == nil)
  }

  @Test("a name prefix that makes the name too long gives none")
  func longPrefix() {
    #expect(Attachment(networkCard: 31, deviceNumber: 99)?.name(prefix: "interfaces-") == nil)
  }

  @Test(
    "only our spelling of the alternative name is read back",
    arguments: ["device-number-1", "device-number-01.0", "device-number-1.0.0", "nic1", ""]
  )
  func foreignAlternativeName(text: String) {
    #expect(Attachment(alternativeName: text) == nil)
  }
}
