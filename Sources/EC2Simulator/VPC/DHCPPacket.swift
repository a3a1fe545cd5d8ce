// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// A DHCPv4 or DHCPv6 packet that came from an ENI, as it was on the wire.
package struct DHCPPacket: Hashable, Sendable {
  /// Which DHCP.
  package let family: AddressFamily
  /// The message type: option 53 for IPv4 (1 is DHCPDISCOVER), the first octet for IPv6.
  package let messageType: UInt8?
  /// When it was seen, since the VPC was made.
  package let time: Duration
  /// The UDP payload.
  package let payload: [UInt8]
  /// The sender's IP address, in octets.
  let source: [UInt8]

  /// Parses an Ethernet frame that carries UDP; nil when it is too short to.
  init?(frame: [UInt8], time: Duration) {
    guard frame.count >= 34 else { return nil }
    self.time = time
    if frame[12...13].elementsEqual([0x86, 0xdd]) {
      family = .ipv6
      source = Array(frame.dropFirst(14 + 8).prefix(16))
      payload = Array(frame.dropFirst(14 + 40 + 8))
      messageType = payload.first
    } else {
      family = .ipv4
      source = Array(frame[26..<30])
      payload = Array(frame.dropFirst(14 + Int(frame[14] & 0x0f) * 4 + 8))
      messageType = DHCPv4Message(payload)?.option(53)?.first
    }
  }
}
