// SPDX-License-Identifier: Apache-2.0

import CNetlink

/// Reads the messages of one datagram in order (netlink(7), "NLMSG_NEXT").
///
/// Each step consumes at least a header or throws, so a reader always ends.
struct MessageReader {
  private var rest: ArraySlice<UInt8>

  /// A reader at the start of `datagram`.
  init(_ datagram: [UInt8]) {
    rest = datagram[...]
  }

  /// The next message, or nil at the end.
  mutating func next() throws(MalformedMessage) -> NetlinkMessage? {
    guard !rest.isEmpty else { return nil }
    let (header, _) = try rest.splitHeader(nlmsghdr.self)
    let length = Int(header.nlmsg_len)
    let headerLength = MemoryLayout<nlmsghdr>.size
    guard length >= headerLength else { throw .lengthTooSmall(length) }
    guard length <= rest.count else { throw .lengthPastEnd(length, available: rest.count) }
    let payload = rest.prefix(length).dropFirst(headerLength)
    rest = rest.dropFirst(length.aligned)
    return NetlinkMessage(
      type: MessageType(header.nlmsg_type),
      flags: MessageFlags(rawValue: header.nlmsg_flags),
      sequence: header.nlmsg_seq,
      payload: payload
    )
  }
}
