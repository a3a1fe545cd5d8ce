// SPDX-License-Identifier: Apache-2.0

/// An address with a prefix length: 10.0.1.5/24 on an interface, 10.0.1.0/24 as a network.
///
/// The host bits are kept, because an interface address needs both; ``network`` clears them.
package struct IPPrefix: Hashable, Sendable {
  /// The address, host bits included.
  package let address: IPAddress
  /// The number of leading bits that belong to the network, at most the family's width.
  package let length: UInt8

  /// The prefix of `length` bits around `address`; a length beyond the family's width is clamped
  /// to it, which names the address alone.
  package init(_ address: IPAddress, length: UInt8) {
    self.address = address
    self.length = min(length, address.family.bitWidth)
  }

  /// Parses CIDR notation (RFC 4632): an address, a slash and a decimal length without leading
  /// zeros.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(parts[0]),
      let length = UInt8(parts[1]), String(length) == parts[1],
      length <= address.family.bitWidth
    else { return nil }
    self.init(address, length: length)
  }

  /// The default route's destination: 0.0.0.0/0 or ::/0.
  package static func all(_ family: AddressFamily) -> IPPrefix {
    IPPrefix(IPAddress(family: family, bits: 0), length: 0)
  }

  /// The family of the address.
  package var family: AddressFamily { address.family }

  /// The same prefix with all host bits zero.
  package var network: IPPrefix {
    IPPrefix(IPAddress(family: family, bits: address.bits & mask), length: length)
  }

  /// Whether the prefix holds one address only.
  package var isHost: Bool { length == family.bitWidth }

  /// Whether the prefix covers everything: a default route's destination.
  package var isDefault: Bool { length == 0 }

  /// Whether `other` lies inside this prefix.
  package func contains(_ other: IPAddress) -> Bool {
    other.family == family && other.bits & mask == address.bits & mask
  }

  /// Whether one of the two prefixes contains the other.
  package func overlaps(_ other: IPPrefix) -> Bool {
    contains(other.address) || other.contains(address)
  }

  /// The address `offset` above the first one of the network, or nil when it lies outside.
  package func address(at offset: UInt32) -> IPAddress? {
    let candidate = IPAddress(family: family, bits: (address.bits & mask) + UInt128(offset))
    return contains(candidate) ? candidate : nil
  }

  private var mask: UInt128 {
    let width = family.bitWidth
    guard length > 0 else { return 0 }
    let ones: UInt128 = width == 128 ? .max : UInt128(UInt32.max)
    return ones & ~((1 << UInt128(width - length)) &- 1)
  }
}

extension IPPrefix: CustomStringConvertible {
  package var description: String { "\(address)/\(length)" }
}

extension IPPrefix: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    (left.address, left.length) < (right.address, right.length)
  }
}
