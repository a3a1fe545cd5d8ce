// SPDX-License-Identifier: Apache-2.0

/// What the instance's ENIs shall look like.
package struct NetworkPlan: Hashable, Sendable {
  /// The primary's part; nil when its facts are not known.
  package let primary: PrimaryPlan?
  /// One plan per non-primary interface, ordered by card, then device number.
  package let interfaces: [InterfacePlan]

  /// A plan for these interfaces.
  package init(primary: PrimaryPlan? = nil, interfaces: [InterfacePlan]) {
    self.primary = primary
    self.interfaces = interfaces
  }
}
