// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// A DHCPv4 message (RFC 2131) as far as the VPC's server needs it.
struct DHCPv4Message {
  private let bytes: [UInt8]

  /// The message in a UDP payload; nil without the fixed part and the magic cookie.
  init?(_ payload: [UInt8]) {
    guard payload.count >= 240, payload[236..<240].elementsEqual([99, 130, 83, 99]) else {
      return nil
    }
    bytes = payload
  }

  /// The value of an option, nil when it is missing or cut.
  func option(_ code: UInt8) -> [UInt8]? {
    var index = 240
    while index + 1 < bytes.count, bytes[index] != 255 {
      guard bytes[index] != 0 else {
        index += 1
        continue
      }
      let end = index + 2 + Int(bytes[index + 1])
      guard end <= bytes.count else { return nil }
      if bytes[index] == code { return Array(bytes[(index + 2)..<end]) }
      index = end
    }
    return nil
  }

  /// The client's address while it renews; four zeros otherwise.
  var clientAddress: [UInt8] { Array(bytes[12..<16]) }

  /// A reply to this message that offers `address`, with `options` as (code, value).
  func reply(offering address: [UInt8], options: [(UInt8, [UInt8])]) -> [UInt8] {
    var reply: [UInt8] = [2, 1, 6, 0]
    reply += bytes[4..<8]  // the transaction
    reply += [0, 0] + bytes[10..<12]  // seconds; the flags as sent
    reply += clientAddress + address + [0, 0, 0, 0] + [0, 0, 0, 0]
    reply += bytes[28..<44]  // the client's hardware address
    reply += [UInt8](repeating: 0, count: 192) + [99, 130, 83, 99]
    for (code, value) in options { reply += [code, UInt8(clamping: value.count)] + value }
    reply.append(255)
    return reply
  }
}
