// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A packet socket (packet(7)) that sees the DHCP frames and router solicitations that come in by one
/// device, and no others.
struct PacketSocket: Sendable {
  /// The socket, to be shut down or waited for.
  let socket: Socket

  /// Opens it on `device`; frames count from this moment, since the filter is set before the bind.
  init(device: String) throws(SystemCallError) {
    let type = CInt(SOCK_RAW.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let descriptor = Foundation.socket(AF_PACKET, type, 0)
    guard descriptor >= 0 else { throw SystemCallError("socket", on: device, code: errno) }
    socket = Socket(adopting: descriptor)
    guard Self.attachFilter(descriptor) == 0 else {
      throw SystemCallError("SO_ATTACH_FILTER", on: device, code: errno)
    }
    // SOL_PACKET, PACKET_IGNORE_OUTGOING: what the VPC itself sends is not the ENI's.
    var enabled: CInt = 1
    guard setsockopt(descriptor, 263, 23, &enabled, socklen_t(MemoryLayout<CInt>.size)) == 0
    else { throw SystemCallError("PACKET_IGNORE_OUTGOING", on: device, code: errno) }
    guard Self.bind(descriptor, to: if_nametoindex(device)) == 0 else {
      throw SystemCallError("bind", on: device, code: errno)
    }
  }

  /// Binds to all protocols (ETH_P_ALL) of a device: struct sockaddr_ll, which Swift lacks.
  private static func bind(_ descriptor: CInt, to index: UInt32) -> CInt {
    let address = LinkLayerAddress(
      family: UInt16(AF_PACKET),
      protocol: UInt16(3).bigEndian,
      index: Int32(index)
    )
    return withUnsafeBytes(of: address) { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      return Foundation.bind(
        descriptor,
        base.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count)
      )
    }
  }

  private static func attachFilter(_ descriptor: CInt) -> CInt {
    filter.withUnsafeBufferPointer { instructions in
      guard let base = instructions.baseAddress else { return -1 }
      var program = FilterProgram(length: UInt16(instructions.count), instructions: base)
      return setsockopt(
        descriptor,
        SOL_SOCKET,
        SO_ATTACH_FILTER,
        &program,
        socklen_t(MemoryLayout<FilterProgram>.size)
      )
    }
  }

  /// struct sockaddr_ll of linux/if_packet.h.
  private struct LinkLayerAddress {
    let family: UInt16
    let `protocol`: UInt16
    let index: Int32
    var hardwareType: UInt16 = 0
    var packetType: UInt8 = 0
    var addressLength: UInt8 = 0
    var address: UInt64 = 0
  }

  /// struct sock_filter of linux/filter.h.
  private struct Instruction {
    let code: UInt16
    let ifTrue: UInt8
    let ifFalse: UInt8
    let operand: UInt32

    init(_ code: UInt16, _ operand: UInt32, _ ifTrue: UInt8 = 0, _ ifFalse: UInt8 = 0) {
      self.code = code
      self.operand = operand
      self.ifTrue = ifTrue
      self.ifFalse = ifFalse
    }
  }

  /// struct sock_fprog of linux/filter.h.
  private struct FilterProgram {
    let length: UInt16
    let instructions: UnsafePointer<Instruction>
  }

  /// Whether a frame that the filter has passed is a router solicitation.
  static func isRouterSolicitation(_ frame: [UInt8]) -> Bool {
    frame.count > 54 && frame[12] == 0x86 && frame[20] == 58
  }

  /// UDP to port 67 or 68 over IPv4, to 546 or 547 over IPv6; ICMPv6 of type 133.
  ///
  /// Jumps count from the next line.
  private static let filter: [Instruction] = [
    Instruction(0x28, 12),  // EtherType
    Instruction(0x15, 0x86dd, 9),
    Instruction(0x15, 0x0800, 0, 17),
    Instruction(0x30, 23),  // IPv4: UDP …
    Instruction(0x15, 17, 0, 15),
    Instruction(0x28, 20),  // … the first fragment …
    Instruction(0x45, 0x1fff, 13),
    Instruction(0xb1, 14),  // … behind a header of any length …
    Instruction(0x48, 16),  // … its destination port
    Instruction(0x15, 67, 9),
    Instruction(0x15, 68, 8, 9),
    Instruction(0x30, 20),  // IPv6: UDP …
    Instruction(0x15, 58, 4),
    Instruction(0x15, 17, 0, 6),
    Instruction(0x28, 56),  // … its destination port
    Instruction(0x15, 546, 3),
    Instruction(0x15, 547, 2, 3),
    Instruction(0x30, 54),  // ICMPv6: its type
    Instruction(0x15, 133, 0, 1),
    Instruction(0x06, 0x40000),  // take it
    Instruction(0x06, 0),  // leave it
  ]
}
