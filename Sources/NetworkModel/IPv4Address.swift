// SPDX-License-Identifier: Apache-2.0

/// An IPv4 address (RFC 791).
package struct IPv4Address: Hashable, Sendable {
  /// The 32 bits in host byte order: 10.0.0.1 is 0x0a000001.
  package let rawValue: UInt32

  /// The address with these bits, in host byte order.
  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Parses dotted decimal: exactly four octets 0…255, no leading zeros, no white space.
  ///
  /// Leading zeros are refused because inet_aton(3) reads them as octal, so "010.0.0.1" means
  /// different hosts to different programs.
  package init?(_ text: some StringProtocol) {
    let octets = text.split(separator: ".", omittingEmptySubsequences: false)
    guard octets.count == 4 else { return nil }
    var bits: UInt32 = 0
    for octet in octets {
      guard (1...3).contains(octet.utf8.count), octet.utf8.allSatisfy({ (48...57).contains($0) }),
        octet.utf8.count == 1 || octet.utf8.first != 48,
        let value = UInt8(octet)
      else { return nil }
      bits = bits << 8 | UInt32(value)
    }
    rawValue = bits
  }

  /// The four octets in network byte order, as they travel.
  package var octets: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
  }
}

extension IPv4Address: CustomStringConvertible {
  package var description: String { octets.map(String.init).joined(separator: ".") }
}

extension IPv4Address: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
