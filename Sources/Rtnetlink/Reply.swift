// SPDX-License-Identifier: Apache-2.0

/// Puts the answer to one request together from the datagrams that arrive.
///
/// Pure: bytes in, messages out. An answer is complete with an acknowledgement, an error or, for a
/// dump, NLMSG_DONE. Messages of other sequence numbers answer a request that was given up on after
/// its deadline; they are skipped.
struct Reply {
  /// Why there is no answer to use.
  enum Fault: Error, Hashable {
    /// The bytes are no messages.
    case malformed(MalformedMessage)
    /// The kernel said no.
    case refused(KernelRefusal)
    /// What was listed changed meanwhile, so parts may be missing (NLM_F_DUMP_INTR); ask again.
    case interrupted
    /// Messages were lost (NLMSG_OVERRUN); ask again.
    case overrun
  }

  /// The messages so far, in order.
  private(set) var messages: [NetlinkMessage] = []
  /// Whether the kernel has said all.
  private(set) var isComplete = false

  private let sequence: UInt32
  private var isInterrupted = false

  /// The empty answer to the request with this number.
  init(to sequence: UInt32) {
    self.sequence = sequence
  }

  /// Takes the messages of one datagram in.
  mutating func take(_ datagram: [UInt8]) throws(Fault) {
    var reader = MessageReader(datagram)
    while let message = try Self.checked({ () throws(MalformedMessage) in try reader.next() }) {
      guard !isComplete, message.sequence == sequence else { continue }
      try take(message)
    }
  }

  private mutating func take(_ message: NetlinkMessage) throws(Fault) {
    if message.flags.contains(.dumpInterrupted) { isInterrupted = true }
    switch message.type {
    case .noOperation: break
    case .overrun: throw .overrun
    case .error:
      let refusal = try Self.checked { () throws(MalformedMessage) in
        try KernelRefusal.decode(error: message)
      }
      if let refusal { throw .refused(refusal) }
      isComplete = true
    case .done:
      let refusal = try Self.checked { () throws(MalformedMessage) in
        try KernelRefusal.decode(done: message)
      }
      if let refusal { throw .refused(refusal) }
      // Only now: the rest of an interrupted dump must not be left in the socket.
      if isInterrupted { throw .interrupted }
      isComplete = true
    default: messages.append(message)
    }
  }

  private static func checked<Value>(
    _ body: () throws(MalformedMessage) -> Value
  ) throws(Fault) -> Value {
    do { return try body() } catch { throw .malformed(error) }
  }
}
