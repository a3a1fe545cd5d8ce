// SPDX-License-Identifier: Apache-2.0

import CNetlink

/// A negative answer of the kernel: the error number and, where the kernel says it, why.
struct KernelRefusal: Error, Hashable {
  /// The error number as errno(3) has it, positive.
  let code: Int32
  /// The text of the extended acknowledgement (NLMSGERR_ATTR_MSG), verbatim.
  let text: String?

  /// A refusal with this code and text.
  init(code: Int32, text: String? = nil) {
    self.code = code
    self.text = text
  }

  /// Reads NLMSG_ERROR; nil when it is an acknowledgement, which is an error with the code 0.
  static func decode(error message: NetlinkMessage) throws(MalformedMessage) -> Self? {
    let (header, rest) = try message.payload.splitHeader(nlmsgerr.self)
    guard header.error != 0 else { return nil }
    // The request follows whole, or, with NLM_F_CAPPED, its header alone; then come attributes.
    let request = Int(header.msg.nlmsg_len) - MemoryLayout<nlmsghdr>.size
    let echoed = message.flags.contains(.capped) ? 0 : request
    guard echoed >= 0 else { throw .lengthTooSmall(Int(header.msg.nlmsg_len)) }
    return try Self(error: header.error, rest.dropFirst(echoed.aligned), flags: message.flags)
  }

  /// Reads NLMSG_DONE; nil when the dump is complete.
  ///
  /// Old kernels send no code, which means 0.
  static func decode(done message: NetlinkMessage) throws(MalformedMessage) -> Self? {
    guard let error = message.payload.load(as: Int32.self), error != 0 else { return nil }
    return try Self(
      error: error,
      message.payload.dropFirst(MemoryLayout<Int32>.size),
      flags: message.flags
    )
  }

  private init(
    error: Int32,
    _ octets: ArraySlice<UInt8>,
    flags: MessageFlags
  ) throws(MalformedMessage) {
    var text: String?
    if flags.contains(.acknowledgeAttributes) {
      var attributes = AttributeReader(octets)
      while let attribute = try attributes.next() {
        guard attribute.type == AcknowledgementAttribute.text else { continue }
        text = try attribute.text()
      }
    }
    // The magnitude of the one number whose negation overflows is meaningless anyway.
    self.init(code: Int32(clamping: error.magnitude), text: text)
  }
}
