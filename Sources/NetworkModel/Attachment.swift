// SPDX-License-Identifier: Apache-2.0

/// Where an ENI is attached: the network card and the device number on it.
///
/// The pair is the identity of the slot; the device number alone is not, since every card counts
/// from 0. Name, route table and rule priorities are functions of the pair and of nothing
/// else, so they never move when another ENI comes or goes.
package struct Attachment: Hashable, Sendable {
  /// NetworkCardIndex in the EC2 API, `network-card` in IMDS; 0 on types with one card.
  package let networkCard: UInt8
  /// DeviceIndex in the EC2 API, `device-number` in IMDS.
  package let deviceNumber: UInt8

  /// The highest network card: 32 cards are the most that EC2 has sold (p5.48xlarge).
  package static let maximumNetworkCard: UInt8 = 31
  /// The highest device number: each card has a hundred tables.
  package static let maximumDeviceNumber: UInt8 = 99

  /// The slot, or nil when a number lies beyond what the table numbering has room for.
  package init?(networkCard: Int, deviceNumber: Int) {
    guard (0...Int(Self.maximumNetworkCard)).contains(networkCard),
      (0...Int(Self.maximumDeviceNumber)).contains(deviceNumber)
    else { return nil }
    self.networkCard = UInt8(networkCard)
    self.deviceNumber = UInt8(deviceNumber)
  }

  /// 100 · card + device: what table and priorities add to their bases.
  package var ordinal: UInt32 { 100 * UInt32(networkCard) + UInt32(deviceNumber) }

  /// The ENI's own route table.
  package var table: RouteTable { RouteTable(rawValue: RouteTable.firstENI.rawValue + ordinal) }

  /// The priority of the rules for the ENI's own addresses; the same number as its table.
  package var rulePriority: RulePriority {
    RulePriority(rawValue: RulePriority.hostWide.rawValue + ordinal)
  }

  /// The priority of the rule that leads to the ENI's subnet.
  package var subnetPriority: RulePriority {
    RulePriority(rawValue: RulePriority.primary.rawValue + ordinal)
  }

  /// What marks the connections that come in by the ENI, where that is asked for.
  package var mark: PacketMark { PacketMark(value: ordinal << 16, mask: PacketMark.eniMask) }

  /// `nic1` on card 0, `nic1c3` on card 3; nil when the prefix makes it longer than a name may be.
  package func name(prefix: String = "nic") -> InterfaceName? {
    InterfaceName(prefix + String(deviceNumber) + (networkCard == 0 ? "" : "c\(networkCard)"))
  }

  /// Reads ``name(prefix:)`` back.
  package init?(name: InterfaceName, prefix: String = "nic") {
    guard name.text.hasPrefix(prefix) else { return nil }
    let numbers = name.text.dropFirst(prefix.count)
      .split(separator: "c", maxSplits: 1, omittingEmptySubsequences: false)
    guard let device = numbers.first.flatMap({ Int($0) }),
      let card = numbers.count == 1 ? 0 : Int(numbers[1])
    else { return nil }
    self.init(networkCard: card, deviceNumber: device)
    guard self.name(prefix: prefix) == name else { return nil }
  }

  /// Whether a text is the name of a slot, with whatever prefix.
  package static func isName(_ text: Substring) -> Bool {
    guard let name = InterfaceName(String(text)), !text.contains(".") else { return false }
    return text.indices.dropFirst().contains { end in
      Attachment(name: name, prefix: String(text[..<end])) != nil
    }
  }

  /// `device-number-1.0`: the alternative name that says the slot whatever the name is.
  package var alternativeName: String { "device-number-\(deviceNumber).\(networkCard)" }

  /// Reads ``alternativeName`` back.
  package init?(alternativeName text: String) {
    let prefix = "device-number-"
    guard text.hasPrefix(prefix) else { return nil }
    let numbers = text.dropFirst(prefix.count).split(
      separator: ".",
      omittingEmptySubsequences: false
    )
    guard numbers.count == 2, let device = Int(numbers[0]), let card = Int(numbers[1]) else {
      return nil
    }
    self.init(networkCard: card, deviceNumber: device)
    guard alternativeName == text else { return nil }
  }
}

extension Attachment: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.ordinal < right.ordinal }
}

extension Attachment: CustomStringConvertible {
  package var description: String { "network card \(networkCard), device number \(deviceNumber)" }
}
