// SPDX-License-Identifier: Apache-2.0

/// How long to let an ENI's facts settle.
package struct SettlingPolicy: Hashable, Sendable {
  /// The wait after the first reading that is not settled; it doubles with each further one.
  package var firstDelay: Duration
  /// The longest wait between two readings.
  package var maximumDelay: Duration
  /// For how long readings must agree until a state that may be passing is believed to be final:
  /// an ENI without addresses is then EFA-only.
  package var agreementTime: Duration
  /// For how long complete readings must agree when the first one was not complete: facts that were
  /// seen to move are believed when they are seen to stand.
  package var stillTime: Duration

  /// A policy of these parts.
  package init(
    firstDelay: Duration = .milliseconds(50),
    maximumDelay: Duration = .seconds(1),
    agreementTime: Duration = .seconds(3),
    stillTime: Duration = .milliseconds(500)
  ) {
    self.firstDelay = firstDelay
    self.maximumDelay = maximumDelay
    self.agreementTime = agreementTime
    self.stillTime = stillTime
  }
}
