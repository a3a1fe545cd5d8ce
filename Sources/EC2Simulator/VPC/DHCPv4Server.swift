// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// What EC2's DHCP says to one ENI: its primary private address and no other.
struct DHCPv4Server {
  let eni: SimulatedENI
  /// The port's own Ethernet address.
  let mac: MACAddress

  /// The frame that answers `packet`; nil when the protocol or the ENI's facts have no answer.
  func answer(to packet: DHCPPacket) -> [UInt8]? {
    guard packet.family == .ipv4, let request = DHCPv4Message(packet.payload),
      let part = eni.ipv4, let address = part.addresses.first, let router = part.gateway
    else { return nil }
    let isRefused = request.option(50).map { $0 != address.octets } ?? false
    let type: UInt8
    switch packet.messageType {
    case 1: type = 2  // DISCOVER → OFFER
    case 3: type = isRefused ? 6 : 5  // REQUEST → NAK or ACK
    case 8: type = 5  // INFORM → ACK
    default: return nil
    }
    let isAcknowledged = type != 6
    let options: [(UInt8, [UInt8])] =
      [(53, [type]), (54, router.octets)] + (isAcknowledged ? lease(part, router) : [])
    let offered = isAcknowledged && packet.messageType != 8 ? address.octets : [0, 0, 0, 0]
    let isRenewal = request.clientAddress != [0, 0, 0, 0] && isAcknowledged
    return frame(
      payload: request.reply(offering: offered, options: options),
      from: router.octets,
      to: isRenewal ? request.clientAddress : [255, 255, 255, 255]
    )
  }

  private func lease(
    _ part: NetworkInterface.Addresses,
    _ router: IPAddress
  ) -> [(UInt8, [UInt8])] {
    let mask = UInt32.max << UInt32(32 - part.subnet.length)
    let dns = part.subnet.address(at: 2)?.octets ?? router.octets
    let host = "ip-" + (part.addresses.first?.description ?? "").map { $0 == "." ? "-" : $0 }
    return [
      (51, [0, 0, 14, 16]),  // 3600 s
      (1, IPv4Address(rawValue: mask).octets),
      (3, router.octets),
      (6, dns),
      (12, Array(host.utf8)),
      (15, Array("eu-central-1.compute.internal".utf8)),
      (26, [0x23, 0x29]),  // MTU 9001
    ]
  }

  private func frame(payload: [UInt8], from source: [UInt8], to destination: [UInt8]) -> [UInt8] {
    let word = { (value: Int) in [UInt8(value >> 8 & 0xff), UInt8(value & 0xff)] }
    // A UDP checksum of zero means that none was computed (RFC 768).
    let udp = word(67) + word(68) + word(8 + payload.count) + [0, 0] + payload
    var ip: [UInt8] = [0x45, 0x10] + word(20 + udp.count) + [0, 0, 0, 0, 64, 17, 0, 0]
    ip += source + destination
    let sum = stride(from: 0, to: 20, by: 2).reduce(0) { $0 + Int(ip[$1]) << 8 + Int(ip[$1 + 1]) }
    let folded = (sum & 0xffff) + sum >> 16
    ip.replaceSubrange(10...11, with: word(~folded & 0xffff))
    return eni.mac.octets + mac.octets + [0x08, 0x00] + ip + udp
  }
}
