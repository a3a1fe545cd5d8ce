// SPDX-License-Identifier: Apache-2.0

/// How long a request is worth trying: until a moment, and only while a condition holds.
package struct Patience {
  /// No attempt starts, and no answer is waited for, after this moment.
  package let deadline: ContinuousClock.Instant
  /// Asked before every attempt and every wait; false ends the trying at once.
  ///
  /// An ENI that was detached meanwhile needs no facts.
  package let isWorthwhile: () -> Bool

  /// Patience until `deadline`, while `isWorthwhile` says so.
  package init(
    until deadline: ContinuousClock.Instant,
    while isWorthwhile: @escaping () -> Bool = { true }
  ) {
    self.deadline = deadline
    self.isWorthwhile = isWorthwhile
  }
}
