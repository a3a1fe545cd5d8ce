// SPDX-License-Identifier: Apache-2.0

import CNetlink

/// Writes one message: header, attributes, nested attributes as closures.
///
/// Lengths and padding are filled in when a part ends, so no caller counts bytes.
struct MessageWriter {
  private var octets: [UInt8] = []

  /// The whole message with the fixed `header` of its type and the attributes that `body` writes.
  static func message(
    _ type: MessageType,
    _ flags: MessageFlags,
    sequence: UInt32,
    header: some BitwiseCopyable,
    body: (inout MessageWriter) -> Void = { _ in }
  ) -> [UInt8] {
    var writer = MessageWriter()
    var start = nlmsghdr()
    start.nlmsg_type = type.rawValue
    start.nlmsg_flags = flags.rawValue
    start.nlmsg_seq = sequence
    writer.append(start)
    writer.append(header)
    writer.pad()
    body(&writer)
    start.nlmsg_len = UInt32(truncatingIfNeeded: writer.octets.count)
    writer.overwrite(at: 0, with: start)
    return writer.octets
  }

  /// An attribute whose value is an integer in host byte order.
  mutating func attribute(_ type: AttributeType, _ value: some FixedWidthInteger & BitwiseCopyable)
  {
    attribute(type.rawValue) { $0.append(value) }
  }

  /// An attribute whose value is these octets.
  mutating func attribute(_ type: AttributeType, octets: [UInt8]) {
    attribute(type.rawValue) { $0.octets += octets }
  }

  /// An attribute whose value is this text with a terminating zero.
  mutating func attribute(_ type: AttributeType, text: String) {
    attribute(type.rawValue) { $0.octets += Array(text.utf8) + [0] }
  }

  /// An attribute whose value are the attributes that `body` writes.
  mutating func attribute(_ type: AttributeType, nested body: (inout MessageWriter) -> Void) {
    attribute(type.rawValue | AttributeType.nestedFlag, body)
  }

  private mutating func attribute(_ type: UInt16, _ body: (inout MessageWriter) -> Void) {
    let start = octets.count
    append(nlattr(nla_len: 0, nla_type: type))
    body(&self)
    // The longest value there is, an alternative name, is refused by the kernel (ERANGE) beyond
    // 127 octets; cut here, an absurd one still makes a well-formed message.
    octets.removeLast(max(0, octets.count - start - Int(UInt16.max)))
    overwrite(
      at: start,
      with: nlattr(nla_len: UInt16(truncatingIfNeeded: octets.count - start), nla_type: type)
    )
    pad()
  }

  private mutating func append(_ value: some BitwiseCopyable) {
    withUnsafeBytes(of: value) { octets.append(contentsOf: $0) }
  }

  private mutating func overwrite(at start: Int, with value: some BitwiseCopyable) {
    withUnsafeBytes(of: value) { bytes in
      octets.replaceSubrange(start..<start + bytes.count, with: bytes)
    }
  }

  private mutating func pad() {
    octets.append(contentsOf: repeatElement(0, count: octets.count.aligned - octets.count))
  }
}
