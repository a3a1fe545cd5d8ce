// SPDX-License-Identifier: Apache-2.0

/// The priority of a routing policy rule: lower is looked at earlier (ip-rule(8)).
package struct RulePriority: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The number as the kernel knows it.
  package let rawValue: UInt32

  /// The priority with this number.
  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The host-wide rule, before all per-ENI rules.
  package static let hostWide = RulePriority(rawValue: 10_000)
  /// The rule that keeps the primary's addresses to main: after the rules of all ENIs' addresses, the
  /// last of which is 13199, and before those that lead to their subnets.
  package static let primary = RulePriority(rawValue: 13_200)
  /// Every priority that is ours: after VPC CNI's (at most 1536), before main's (32766).
  package static let reserved = hostWide...RulePriority(rawValue: 16_399)

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  package var description: String { String(rawValue) }
}
