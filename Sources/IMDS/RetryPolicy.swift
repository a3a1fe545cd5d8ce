// SPDX-License-Identifier: Apache-2.0

/// How long to wait for IMDS, and how long between attempts.
///
/// IMDS drops what exceeds its limits without a word, so a time-out is its way to say "slower":
/// attempts back off exponentially, with jitter so that ENIs that came together part.
package struct RetryPolicy: Hashable, Sendable {
  /// For one endpoint's TCP handshake.
  ///
  /// IMDS is one hop away: a handshake that takes longer was
  /// dropped, and a new one comes sooner than TCP's own repetition after a second.
  package var connectTimeout: Duration
  /// For one request and its whole answer, the handshake included.
  package var requestTimeout: Duration
  /// The longest wait after the first failed attempt; it doubles with each further one.
  package var firstDelay: Duration
  /// The longest wait between two attempts, unless `Retry-After` asks for more.
  package var maximumDelay: Duration
  /// For everything that one client is asked, from its creation on.
  package var overallTimeout: Duration

  /// A policy of these parts.
  package init(
    connectTimeout: Duration = .milliseconds(250),
    requestTimeout: Duration = .seconds(2),
    firstDelay: Duration = .milliseconds(50),
    maximumDelay: Duration = .seconds(2),
    overallTimeout: Duration = .seconds(30)
  ) {
    self.connectTimeout = connectTimeout
    self.requestTimeout = requestTimeout
    self.firstDelay = firstDelay
    self.maximumDelay = maximumDelay
    self.overallTimeout = overallTimeout
  }

  /// The wait after failed attempt number `attempt`, counted from 1.
  ///
  /// - Parameters:
  ///   - attempt: How many attempts have failed.
  ///   - retryAfter: What IMDS asked for; never undercut.
  ///   - jitter: 0…1, where in the upper half of the exponential wait to be.
  /// - Returns: The wait, which the caller must hold against its deadline.
  package func delay(afterAttempt attempt: Int, retryAfter: Duration?, jitter: Double) -> Duration {
    let doublings = min(max(attempt - 1, 0), 20)
    let longest = min(firstDelay * (1 << doublings), maximumDelay)
    let delay = longest * (0.5 + 0.5 * min(max(jitter, 0), 1))
    return max(delay, retryAfter ?? .zero)
  }
}
