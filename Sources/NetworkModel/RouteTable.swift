// SPDX-License-Identifier: Apache-2.0

/// The number of a route table (ip-route(8)).
package struct RouteTable: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The number as the kernel knows it.
  package let rawValue: UInt32

  /// The table with this number.
  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The kernel's main table, 254 (RT_TABLE_MAIN).
  package static let main = RouteTable(rawValue: 254)
  /// The kernel's table of this host's own addresses, 255 (RT_TABLE_LOCAL).
  package static let local = RouteTable(rawValue: 255)
  /// Where the ENIs' tables start: amazon-ec2-net-utils's numbers, so a host keeps its tables.
  package static let firstENI = RouteTable(rawValue: 10_000)
  /// Every table an ENI can have: 32 cards of a hundred device numbers.
  package static let reserved = firstENI...RouteTable(rawValue: 13_199)

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  package var description: String { self == .main ? "main" : String(rawValue) }
}
