// SPDX-License-Identifier: Apache-2.0

/// What a rule looks for in a packet's mark, and in which of its bits (ip-rule(8), `fwmark`).
///
/// Only with `ContainerPorts=`: nftables then marks what belongs to a connection that came in by an ENI.
package struct PacketMark: Hashable, Sendable {
  /// The value of the bits that count.
  package let value: UInt32
  /// The bits that count.
  package let mask: UInt32

  /// Ours: room for every slot's number, and away from the bits that Kubernetes (14, 15) and the Amazon
  /// VPC CNI (7) use.
  package static let eniMask: UInt32 = 0x0fff_0000

  /// A mark of these parts.
  package init(value: UInt32, mask: UInt32) {
    self.value = value
    self.mask = mask
  }
}

extension PacketMark: CustomStringConvertible {
  /// As ip-rule(8) writes it.
  package var description: String {
    "0x\(String(value, radix: 16))/0x\(String(mask, radix: 16))"
  }
}
