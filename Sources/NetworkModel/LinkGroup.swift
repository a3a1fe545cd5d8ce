// SPDX-License-Identifier: Apache-2.0

/// A kernel link group (`ip link set … group`).
package struct LinkGroup: Hashable, Sendable, CustomStringConvertible {
  /// The number as the kernel knows it.
  package let rawValue: UInt32

  /// The group with this number.
  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The group of every ENI, the primary too, which the udev rule puts them into.
  ///
  /// The host-wide routing rule ignores main's routes through it.
  package static let eni = LinkGroup(rawValue: 10_000)

  package var description: String { String(rawValue) }
}
