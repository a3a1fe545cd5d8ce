// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Testing

@testable import Rtnetlink

/// Bytes that no kernel sends: each ends in an error or in less, never in a trap or a hang.
@Suite("Malformed messages")
struct MalformedTests {
  /// Reads a datagram as far as it goes and decodes what was there.
  private func read(_ datagram: [UInt8], as listing: Listing?) throws -> KernelState {
    var reply = Reply(to: 1)
    try reply.take(datagram)
    return try listing?.decode(reply.messages) ?? KernelState()
  }

  /// Where each message starts, and the end.
  private func boundaries(_ datagram: [UInt8]) throws -> [Int] {
    var reader = MessageReader(datagram)
    var ends = [0]
    while let message = try reader.next() { ends.append(message.payload.endIndex.aligned) }
    return ends
  }

  /// One message alone with a payload of this many octets and a header that says so.
  private func cut(_ message: NetlinkMessage, to count: Int) -> [UInt8] {
    let length = UInt32(16 + count)
    return withUnsafeBytes(of: length, Array.init)
      + withUnsafeBytes(of: message.type.rawValue, Array.init)
      + withUnsafeBytes(of: message.flags.rawValue, Array.init)
      + withUnsafeBytes(of: message.sequence, Array.init) + [0, 0, 0, 0]
      + message.payload.prefix(count)
  }

  @Test("a datagram cut anywhere but between messages is refused", arguments: Capture.all)
  func truncatedDatagram(_ capture: Capture) throws {
    for datagram in try capture.datagrams() {
      let boundaries = try boundaries(datagram)
      for count in 0..<datagram.count where !boundaries.contains(count) {
        var thrown = false
        do {
          var reader = MessageReader(Array(datagram.prefix(count)))
          while try reader.next() != nil {}
        } catch {
          thrown = true
        }
        #expect(thrown, "cut to \(count) bytes")
        _ = try? read(Array(datagram.prefix(count)), as: capture.listing)
      }
    }
  }

  @Test("a message cut inside its header or an attribute is refused", arguments: Capture.listings)
  func truncatedMessage(_ capture: Capture) throws {
    let header = [Listing.links: 16, .addresses(.ipv4): 8, .addresses(.ipv6): 8]
    let fixed = header[try #require(capture.listing), default: 12]
    for datagram in try capture.datagrams() {
      var reader = MessageReader(datagram)
      while let message = try reader.next() {
        guard message.type != .done else { continue }
        for count in 0..<min(fixed, message.payload.count) {
          #expect(throws: MalformedMessage.headerTooShort(bytes: count)) {
            try read(cut(message, to: count), as: capture.listing)
          }
        }
        for count in fixed..<message.payload.count {
          _ = try? read(cut(message, to: count), as: capture.listing)
        }
      }
    }
  }

  @Test("any one octet may be anything", arguments: Capture.all)
  func corruptedOctet(_ capture: Capture) throws {
    for datagram in try capture.datagrams() {
      for place in datagram.indices {
        for value: UInt8 in [0, 1, 3, 0x7f, 0x80, 0xff] {
          var corrupted = datagram
          corrupted[place] = value
          _ = try? read(corrupted, as: capture.listing)
        }
      }
    }
  }

  @Test("an attribute shorter than its header is refused", arguments: 0...3)
  func attributeLength(_ length: UInt8) {
    var reader = AttributeReader([length, 0, 1, 0, 9, 9, 9, 9])
    #expect(throws: MalformedMessage.lengthTooSmall(Int(length))) { try reader.next() }
  }

  @Test("an attribute that reaches past the end is refused")
  func attributePastEnd() {
    var reader = AttributeReader([9, 0, 1, 0, 9, 9, 9, 9])
    #expect(throws: MalformedMessage.lengthPastEnd(9, available: 8)) { try reader.next() }
  }

  @Test("an attribute without its padding is the last one")
  func missingPadding() throws {
    var reader = AttributeReader([5, 0, 1, 0, 9])
    #expect(try reader.next()?.value == [9])
    #expect(try reader.next() == nil)
  }

  @Test("fewer octets than an attribute's header are refused", arguments: 1...3)
  func attributeHeader(_ count: Int) {
    var reader = AttributeReader(ArraySlice(repeating: 8, count: count))
    #expect(throws: MalformedMessage.headerTooShort(bytes: count)) { try reader.next() }
  }

  @Test("a message shorter than its header is refused", arguments: [0, 1, 15])
  func messageLength(_ length: UInt8) {
    var reader = MessageReader([length] + [UInt8](repeating: 0, count: 19))
    #expect(throws: MalformedMessage.lengthTooSmall(Int(length))) { try reader.next() }
  }

  @Test("a value too short for its type is refused")
  func shortValues() {
    let attribute = Attribute(type: LinkAttribute.mtu, value: [1, 2, 3])
    let tooShort = MalformedMessage.valueTooShort(attribute: 4, bytes: 3)
    #expect(throws: tooShort) { try attribute.integer(as: UInt32.self) }
    #expect(throws: tooShort) { try attribute.address(.ipv4) }
    #expect(throws: tooShort) { try attribute.address(.ipv6) }
  }

  @Test("text must end and be UTF-8", arguments: [[0x61, 0x62], [0xff, 0], []] as [[UInt8]])
  func badText(_ octets: [UInt8]) {
    let attribute = Attribute(type: LinkAttribute.name, value: octets[...])
    #expect(throws: MalformedMessage.badText(attribute: 3)) { try attribute.text() }
  }
}
