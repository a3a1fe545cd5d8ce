// SPDX-License-Identifier: Apache-2.0

/// An IPv6 address (RFC 4291), without a zone.
package struct IPv6Address: Hashable, Sendable {
  /// The 128 bits in host byte order.
  package let rawValue: UInt128

  /// The address with these bits, in host byte order.
  package init(rawValue: UInt128) {
    self.rawValue = rawValue
  }

  /// Parses the text forms of RFC 4291 section 2.2 without a zone or an embedded IPv4 address,
  /// which IMDS never sends.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count <= 39 else { return nil }
    guard let gap = Self.firstGap(in: bytes) else {
      guard let groups = Self.groups(text), groups.count == 8 else { return nil }
      self.init(groups: groups)
      return
    }
    guard let before = Self.groups(String(decoding: bytes[..<gap], as: UTF8.self)),
      let after = Self.groups(String(decoding: bytes[(gap + 2)...], as: UTF8.self)),
      before.count + after.count < 8
    else { return nil }
    let zeros = [UInt16](repeating: 0, count: 8 - before.count - after.count)
    self.init(groups: before + zeros + after)
  }

  private init(groups: [UInt16]) {
    rawValue = groups.reduce(0) { $0 << 16 | UInt128($1) }
  }

  /// The eight 16-bit groups, most significant first.
  package var groups: [UInt16] {
    (0..<8).map { UInt16(truncatingIfNeeded: rawValue >> (112 - 16 * $0)) }
  }

  /// The sixteen octets in network byte order, as they travel.
  package var octets: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: rawValue >> (120 - 8 * $0)) }
  }

  /// Whether the address is link-local, fe80::/10 (RFC 4291 section 2.5.6).
  package var isLinkLocal: Bool { rawValue >> 118 == 0x3fa }

  private static func firstGap(in bytes: [UInt8]) -> Int? {
    bytes.indices.dropLast().first { bytes[$0] == 58 && bytes[$0 + 1] == 58 }
  }

  private static func groups(_ text: some StringProtocol) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    var groups: [UInt16] = []
    for part in text.split(separator: ":", omittingEmptySubsequences: false) {
      guard (1...4).contains(part.utf8.count), part.utf8.first != 43, part.utf8.first != 45,
        let group = UInt16(part, radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups
  }
}

extension IPv6Address: CustomStringConvertible {
  /// The canonical text of RFC 5952: lower case, the longest run of zero groups as "::".
  package var description: String {
    let groups = groups
    var longest = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > longest.count { longest = start..<end }
      start = max(end, start + 1)
    }
    let text = { (range: Range<Int>) in
      range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
    }
    // RFC 5952 section 4.2.2: a single zero group is not shortened.
    guard longest.count > 1 else { return text(0..<8) }
    return text(0..<longest.lowerBound) + "::" + text(longest.upperBound..<8)
  }
}

extension IPv6Address: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
