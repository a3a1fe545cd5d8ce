// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel
import Testing

@testable import Rtnetlink

/// What the kernel answered once: a file of annotated hex in `Captures/`, one datagram a paragraph.
///
/// All answer the request with sequence number 1.
struct Capture: CustomTestStringConvertible {
  let name: String
  let listing: Listing?

  var testDescription: String { name }

  /// Every answer to a request for a list.
  static let listings: [Capture] = [
    Capture(name: "links", listing: .links),
    Capture(name: "addresses-ipv4", listing: .addresses(.ipv4)),
    Capture(name: "addresses-ipv6", listing: .addresses(.ipv6)),
    Capture(name: "routes-ipv4", listing: .routes(.ipv4)),
    Capture(name: "routes-ipv6", listing: .routes(.ipv6)),
    Capture(name: "rules-ipv4", listing: .rules(.ipv4)),
    Capture(name: "rules-ipv6", listing: .rules(.ipv6)),
  ]

  /// Every answer to anything else.
  static let others: [Capture] = [
    "acknowledgement", "refusal-with-text", "refusal-without-text", "refused-dump",
  ].map { Capture(name: $0, listing: nil) }

  static let all = listings + others

  /// The datagrams in the order they came.
  func datagrams() throws -> [[UInt8]] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Captures/\(name).hex")
    let text = try String(contentsOf: path, encoding: .utf8)
    return text.components(separatedBy: "\n\n").map(bytes(hex:)).filter { !$0.isEmpty }
  }

  /// The state that the capture tells.
  func state() throws -> KernelState {
    var reply = Reply(to: 1)
    for datagram in try datagrams() { try reply.take(datagram) }
    #expect(reply.isComplete)
    return try #require(listing).decode(reply.messages)
  }
}

/// The octets of annotated hex: a `#` starts a comment.
func bytes(hex: String) -> [UInt8] {
  hex.split(separator: "\n").flatMap { line in
    line.prefix { $0 != "#" }.split(separator: " ").compactMap { UInt8($0, radix: 16) }
  }
}
