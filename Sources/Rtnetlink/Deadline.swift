// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A moment on the monotonic clock.
///
/// clock_gettime(2) and not `ContinuousClock`, which links the concurrency runtime into a program
/// that needs nothing else of it.
struct Deadline {
  private let moment: Duration

  /// The moment this long from now.
  init(after timeout: Duration) {
    moment = Self.now + timeout
  }

  /// What is left, never negative.
  var remaining: Duration { max(.zero, moment - Self.now) }

  /// Whether the moment has come.
  var hasPassed: Bool { remaining == .zero }

  private static var now: Duration {
    var time = timespec()
    // Cannot fail: the clock exists on every Linux and the pointer is valid.
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
