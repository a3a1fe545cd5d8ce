// SPDX-License-Identifier: Apache-2.0

/// The two things that waiting needs of a clock; tests put in one that does not really wait.
package struct Timekeeper {
  /// The time now, on a clock that never jumps.
  package let now: () -> ContinuousClock.Instant
  /// Blocks for the duration; at once for one that is not positive.
  package let sleep: (Duration) -> Void

  /// A clock made of these two.
  package init(
    now: @escaping () -> ContinuousClock.Instant,
    sleep: @escaping (Duration) -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// The system's clock.
  package static var system: Timekeeper {
    Timekeeper(now: { ContinuousClock.now }, sleep: StreamSocket.pause)
  }
}
