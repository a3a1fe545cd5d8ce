// SPDX-License-Identifier: Apache-2.0

/// The two families an ENI can carry addresses of.
package enum AddressFamily: String, CaseIterable, Hashable, Sendable, Comparable {
  case ipv4
  case ipv6

  /// The number of bits in an address: 32 or 128.
  package var bitWidth: UInt8 { self == .ipv4 ? 32 : 128 }

  package static func < (left: Self, right: Self) -> Bool { left == .ipv4 && right == .ipv6 }
}
