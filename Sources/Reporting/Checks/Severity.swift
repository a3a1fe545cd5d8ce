// SPDX-License-Identifier: Apache-2.0

/// How grave a finding is.
package enum Severity: String, Hashable, Sendable, Comparable, Encodable {
  /// Nothing is broken now.
  case warning
  /// Something does not work, or will not after the next event or boot.
  case problem

  package static func < (left: Self, right: Self) -> Bool { left == .warning && right == .problem }

  /// How it is coloured.
  var meaning: Style.Meaning { self == .problem ? .bad : .doubtful }
}
