// SPDX-License-Identifier: Apache-2.0

/// A 48-bit Ethernet address, the key by which IMDS, the kernel and our records name an ENI.
package struct MACAddress: Hashable, Sendable {
  /// The six octets in transmission order.
  package var octets: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: bits >> (40 - 8 * $0)) } }

  private let bits: UInt64

  /// The address with these octets; nil unless there are six and they are neither all zero nor a
  /// group address, which no network interface has (IEEE 802, bit 0 of the first octet).
  package init?(octets: some Collection<UInt8>) {
    guard octets.count == 6, let first = octets.first, first & 1 == 0,
      octets.contains(where: { $0 != 0 })
    else { return nil }
    bits = octets.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Parses six pairs of hexadecimal digits separated by colons, as IMDS and sysfs write them.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let octets = parts.compactMap { part -> UInt8? in
      part.utf8.count == 2 && part.allSatisfy(\.isHexDigit) ? UInt8(part, radix: 16) : nil
    }
    guard parts.count == 6, octets.count == 6 else { return nil }
    self.init(octets: octets)
  }
}

extension MACAddress: CustomStringConvertible {
  /// Lower case with colons: the spelling of IMDS paths, sysfs and our record files.
  package var description: String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}

extension MACAddress: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}
