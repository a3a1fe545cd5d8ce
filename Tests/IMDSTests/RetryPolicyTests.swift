// SPDX-License-Identifier: Apache-2.0

import IMDS
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
  private let policy = RetryPolicy()

  @Test("the longest waits double from 50 ms to 2 s")
  func doubling() {
    let waits = (1...8).map { policy.delay(afterAttempt: $0, retryAfter: nil, jitter: 1) }
    #expect(waits == [50, 100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
  }

  @Test("jitter takes off at most half", arguments: [1, 3, 60, Int.max])
  func jitter(_ attempt: Int) {
    let longest = policy.delay(afterAttempt: attempt, retryAfter: nil, jitter: 1)
    #expect(policy.delay(afterAttempt: attempt, retryAfter: nil, jitter: 0) == longest / 2)
    #expect(policy.delay(afterAttempt: attempt, retryAfter: nil, jitter: 7) == longest)
  }

  @Test("Retry-After is never undercut, and a shorter one does not speed us up")
  func retryAfter() {
    let long = policy.delay(afterAttempt: 1, retryAfter: .seconds(3), jitter: 0.5)
    let short = policy.delay(afterAttempt: 8, retryAfter: .zero, jitter: 1)
    #expect(long == .seconds(3))
    #expect(short == .seconds(2))
  }
}
