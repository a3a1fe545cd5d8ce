// SPDX-License-Identifier: Apache-2.0
import Glibc
import NetworkModel

/// A router advertisement (RFC 4861, section 4.2), as a VPC's router sends one on each ENI.
enum RouterAdvertisement {
  /// Sends one by `device` to all nodes: be the default router for half an hour, use DHCPv6.
  static func send(by device: String) throws(SystemCallError) {
    let type = CInt(SOCK_RAW.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET6, type, CInt(IPPROTO_ICMPV6))
    guard descriptor >= 0 else { throw SystemCallError("socket", on: device, code: errno) }
    let socket = Socket(adopting: descriptor)
    var index = CInt(if_nametoindex(device))
    // A lesser hop limit would mean that it came from elsewhere (RFC 4861, section 6.1.2).
    var hops: CInt = 255
    let size = socklen_t(MemoryLayout<CInt>.size)
    guard setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_MULTICAST_IF, &index, size) == 0,
      setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_MULTICAST_HOPS, &hops, size) == 0
    else { throw SystemCallError("setsockopt", on: device, code: errno) }
    // Type 134; the kernel fills in the checksum. Managed and other configuration by DHCPv6,
    // 1800 seconds; no options, so no prefix to make an address of.
    let message: [UInt8] = [134, 0, 0, 0, 64, 0xc0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0]
    guard let allNodes = IPAddress("ff02::1") else { return }
    let sent = SocketAddress(allNodes, port: 0).withPointer { address, length in
      CInt(sendto(socket.rawValue, message, message.count, 0, address, length))
    }
    guard sent == message.count else { throw SystemCallError("sendto", on: device, code: errno) }
  }
}
