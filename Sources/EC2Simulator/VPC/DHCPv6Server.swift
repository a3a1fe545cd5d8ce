// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// The answers of EC2's DHCPv6 to one ENI (RFC 8415): its first IPv6 address, and Amazon's resolver.
struct DHCPv6Server {
  let eni: SimulatedENI
  /// The port's own Ethernet address.
  let mac: MACAddress

  /// The message types of RFC 8415, section 7.3, that the server reads or sends.
  private enum MessageType {
    static let solicit: UInt8 = 1
    static let advertise: UInt8 = 2
    static let reply: UInt8 = 7
    /// Request, confirm, renew, rebind, release, decline, and information-request.
    static let answeredByReply: Set<UInt8> = [3, 4, 5, 6, 8, 9, 11]
  }

  private enum Option {
    static let clientID: UInt16 = 1
    static let serverID: UInt16 = 2
    static let identityAssociation: UInt16 = 3
    static let address: UInt16 = 5
    static let rapidCommit: UInt16 = 14
    static let resolvers: UInt16 = 23
  }

  /// The frame that answers `packet`; nil when the protocol or the facts of the ENI have no answer.
  func answer(to packet: DHCPPacket) -> [UInt8]? {
    guard packet.family == .ipv6, packet.payload.count >= 4, let type = packet.messageType,
      let address = eni.ipv6?.addresses.first
    else { return nil }
    let options = Self.options(packet.payload.dropFirst(4))
    let isRapid = options.contains { $0.code == Option.rapidCommit }
    let answer: UInt8
    switch type {
    case MessageType.solicit: answer = isRapid ? MessageType.reply : MessageType.advertise
    case _ where MessageType.answeredByReply.contains(type): answer = MessageType.reply
    default: return nil
    }
    var payload = [answer] + packet.payload[1..<4]
    // A DUID of the Ethernet address: type 3, hardware type 1.
    payload += Self.option(Option.serverID, [0, 3, 0, 1] + mac.octets)
    payload += Self.option(Option.resolvers, IPAddress("fd00:ec2::253")?.octets ?? [])
    for (code, value) in options {
      switch code {
      case Option.clientID: payload += Self.option(code, value)
      case Option.rapidCommit where answer == MessageType.reply: payload += Self.option(code, [])
      case Option.identityAssociation where value.count >= 4:
        payload += Self.option(code, Array(value.prefix(4)) + Self.lease(of: address))
      default: break
      }
    }
    return frame(payload: payload, to: packet.source)
  }

  /// The renewal times and the address: 140 s preferred, 450 s valid, as EC2 gives it.
  private static func lease(of address: IPAddress) -> [UInt8] {
    let seconds = { (value: UInt8) in [0, 0, 0, value] as [UInt8] }
    let lifetimes: [UInt8] = [0, 0, 0, 140, 0, 0, 1, 194]
    return seconds(70) + seconds(112) + option(Option.address, address.octets + lifetimes)
  }

  private static func options(_ bytes: ArraySlice<UInt8>) -> [(code: UInt16, value: [UInt8])] {
    var rest = bytes
    var options: [(code: UInt16, value: [UInt8])] = []
    while rest.count >= 4 {
      let header = Array(rest.prefix(4))
      let length = Int(header[2]) << 8 | Int(header[3])
      guard rest.count >= 4 + length else { break }
      options.append(
        (UInt16(header[0]) << 8 | UInt16(header[1]), Array(rest.dropFirst(4).prefix(length)))
      )
      rest = rest.dropFirst(4 + length)
    }
    return options
  }

  private static func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
    word(Int(code)) + word(value.count) + value
  }

  private static func word(_ value: Int) -> [UInt8] {
    [UInt8(value >> 8 & 0xff), UInt8(value & 0xff)]
  }

  /// The Ethernet frame from the router's link-local address to the client's.
  private func frame(payload: [UInt8], to client: [UInt8]) -> [UInt8]? {
    guard let router = IPAddress("fe80:ec2::1")?.octets, client.count == 16 else { return nil }
    let length = 8 + payload.count
    // The checksum covers the addresses, the length, and the next header (RFC 8200, section 8.1).
    let pseudo = router + client + [0, 0] + Self.word(length) + [0, 0, 0, 17]
    let ports = Self.word(547) + Self.word(546) + Self.word(length)
    let checksum = Self.checksum(pseudo + ports + [0, 0] + payload)
    let header: [UInt8] = [0x60, 0, 0, 0] + Self.word(length) + [17, 255]
    return eni.mac.octets + mac.octets + [0x86, 0xdd] + header + router + client + ports
      + Self.word(checksum == 0 ? 0xffff : checksum) + payload
  }

  /// The Internet checksum (RFC 1071).
  private static func checksum(_ bytes: [UInt8]) -> Int {
    var sum = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      sum += Int(bytes[index]) << 8 + (index + 1 < bytes.count ? Int(bytes[index + 1]) : 0)
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~sum & 0xffff
  }
}
