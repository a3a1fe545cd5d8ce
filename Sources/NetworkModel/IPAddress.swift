// SPDX-License-Identifier: Apache-2.0

/// An IP address of either family.
package enum IPAddress: Hashable, Sendable {
  case v4(IPv4Address)
  case v6(IPv6Address)

  /// Parses either family; see ``IPv4Address`` and ``IPv6Address`` for the exact forms.
  package init?(_ text: some StringProtocol) {
    if let address = IPv4Address(text) {
      self = .v4(address)
    } else if let address = IPv6Address(text) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// The address of `family` whose octets these are, in network byte order; nil when the count
  /// does not fit the family.
  package init?(family: AddressFamily, octets: some Collection<UInt8>) {
    guard octets.count * 8 == Int(family.bitWidth) else { return nil }
    let bits = octets.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    self.init(family: family, bits: bits)
  }

  /// The address of `family` with these bits; for IPv4 the low 32 count.
  package init(family: AddressFamily, bits: UInt128) {
    switch family {
    case .ipv4: self = .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits)))
    case .ipv6: self = .v6(IPv6Address(rawValue: bits))
    }
  }

  /// The family the address belongs to.
  package var family: AddressFamily {
    switch self {
    case .v4: .ipv4
    case .v6: .ipv6
    }
  }

  /// The bits in host byte order, IPv4 in the low 32.
  package var bits: UInt128 {
    switch self {
    case .v4(let address): UInt128(address.rawValue)
    case .v6(let address): address.rawValue
    }
  }

  /// The octets in network byte order.
  package var octets: [UInt8] {
    switch self {
    case .v4(let address): address.octets
    case .v6(let address): address.octets
    }
  }

  /// Whether the address works on its own link only: 169.254/16 (RFC 3927), fe80::/10 (RFC 4291).
  package var isLinkLocal: Bool {
    switch self {
    case .v4(let address): address.rawValue >> 16 == 0xa9fe
    case .v6(let address): address.isLinkLocal
    }
  }

  /// The prefix that holds this address alone: /32 or /128.
  package var hostPrefix: IPPrefix { IPPrefix(self, length: family.bitWidth) }
}

extension IPAddress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }
}

extension IPAddress: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    (left.family, left.bits) < (right.family, right.bits)
  }
}
