// SPDX-License-Identifier: Apache-2.0

/// What the instance's non-primary ENIs shall look like, in order of their slots.
package struct NetworkPlan: Hashable, Sendable {
  /// One plan per interface, ordered by card, then device number.
  package let interfaces: [InterfacePlan]

  /// A plan for these interfaces.
  package init(interfaces: [InterfacePlan]) {
    self.interfaces = interfaces
  }
}
