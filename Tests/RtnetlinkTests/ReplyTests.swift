// SPDX-License-Identifier: Apache-2.0

import CNetlink
import NetworkModel
import Testing

@testable import Rtnetlink

/// How an answer is put together, and told from what is none.
@Suite("Reply")
struct ReplyTests {
  private func take(_ name: String, as sequence: UInt32 = 1) throws -> Reply {
    var reply = Reply(to: sequence)
    for datagram in try Capture(name: name, listing: nil).datagrams() { try reply.take(datagram) }
    return reply
  }

  private func message(_ type: MessageType, _ flags: MessageFlags = [], code: Int32 = 0) -> [UInt8]
  {
    MessageWriter.message(type, flags, sequence: 1, header: code)
  }

  @Test("an acknowledgement completes it")
  func acknowledgement() throws {
    #expect(try take("acknowledgement").isComplete)
  }

  @Test("the kernel's explanation is kept word for word")
  func explanation() {
    let refusal = KernelRefusal(code: EINVAL, text: "mtu less than device minimum")
    #expect(throws: Reply.Fault.refused(refusal)) { try take("refusal-with-text") }
  }

  @Test("a refusal without explanation has the code alone")
  func bareRefusal() {
    #expect(throws: Reply.Fault.refused(KernelRefusal(code: EEXIST))) {
      try take("refusal-without-text")
    }
  }

  @Test("a dump that ends with an error is refused, not empty")
  func refusedDump() {
    let text = "ipv4: Invalid values in header for address dump request"
    #expect(throws: Reply.Fault.refused(KernelRefusal(code: EINVAL, text: text))) {
      try take("refused-dump")
    }
  }

  @Test("an answer to another request is skipped, be it an error", arguments: Capture.all)
  func otherSequence(_ capture: Capture) throws {
    let reply = try take(capture.name, as: 2)
    #expect(!reply.isComplete)
    #expect(reply.messages.isEmpty)
  }

  @Test("an interrupted dump is read to its end and then refused")
  func interruptedDump() throws {
    var reply = Reply(to: 1)
    try reply.take(message(.newLink, .dumpInterrupted))
    #expect(!reply.isComplete)
    #expect(throws: Reply.Fault.interrupted) { try reply.take(message(.done)) }
  }

  @Test("a dump interrupted in its last message is refused")
  func interruptedAtTheEnd() {
    var reply = Reply(to: 1)
    #expect(throws: Reply.Fault.interrupted) { try reply.take(message(.done, .dumpInterrupted)) }
  }

  @Test("lost messages are noticed")
  func overrun() {
    var reply = Reply(to: 1)
    #expect(throws: Reply.Fault.overrun) { try reply.take(message(.overrun)) }
  }

  @Test("a message that says nothing is skipped, and the end may come without a code")
  func noOperation() throws {
    var reply = Reply(to: 1)
    try reply.take(message(.noOperation))
    try reply.take(MessageWriter.message(.done, [], sequence: 1, header: ()))
    #expect(reply.isComplete)
    #expect(reply.messages.isEmpty)
  }

  @Test("a refusal that echoes the request's header alone is read")
  func cappedRefusal() throws {
    var echo = nlmsgerr()
    echo.error = -ENODEV
    echo.msg.nlmsg_len = 4000
    let datagram = MessageWriter.message(
      .error,
      [.capped, .acknowledgeAttributes],
      sequence: 1,
      header: echo
    ) { $0.attribute(AcknowledgementAttribute.text, text: "no such device") }
    var reply = Reply(to: 1)
    let refusal = KernelRefusal(code: ENODEV, text: "no such device")
    #expect(throws: Reply.Fault.refused(refusal)) { try reply.take(datagram) }
  }

  @Test("a family that the kernel lacks is an empty list, a missing link list is not")
  func missingFamily() {
    #expect(Listing.addresses(.ipv6).isEmpty(whenRefusedWith: EAFNOSUPPORT))
    #expect(Listing.rules(.ipv4).isEmpty(whenRefusedWith: EOPNOTSUPP))
    #expect(!Listing.links.isEmpty(whenRefusedWith: EOPNOTSUPP))
    #expect(!Listing.routes(.ipv6).isEmpty(whenRefusedWith: EINVAL))
  }
}
