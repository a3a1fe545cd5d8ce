// SPDX-License-Identifier: Apache-2.0

import CNetlink

/// Reads attributes in order (rtnetlink(3), "RTA_NEXT"); nested ones with a reader of their own.
///
/// Each step consumes at least an attribute's header or throws, so a reader always ends: a length
/// of 0, on which a naive reader hangs, is an error.
struct AttributeReader {
  private var rest: ArraySlice<UInt8>

  /// A reader at the start of `octets`.
  init(_ octets: ArraySlice<UInt8>) {
    rest = octets
  }

  /// The next attribute, or nil at the end.
  mutating func next() throws(MalformedMessage) -> Attribute? {
    guard !rest.isEmpty else { return nil }
    let (header, _) = try rest.splitHeader(nlattr.self)
    let length = Int(header.nla_len)
    let headerLength = MemoryLayout<nlattr>.size
    guard length >= headerLength else { throw .lengthTooSmall(length) }
    guard length <= rest.count else { throw .lengthPastEnd(length, available: rest.count) }
    let value = rest.prefix(length).dropFirst(headerLength)
    rest = rest.dropFirst(length.aligned)
    return Attribute(type: AttributeType(header.nla_type), value: value)
  }
}
