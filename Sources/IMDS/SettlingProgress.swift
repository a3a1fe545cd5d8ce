// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// Decides, reading by reading, whether an ENI's facts have settled; pure, time is a parameter.
struct SettlingProgress {
  /// What to do after a reading.
  enum Verdict: Hashable {
    /// These are the facts.
    case accept(NetworkInterface)
    /// Read again after this long.
    case wait(Unsettled, Duration)
    /// The time is over, and this was still the matter.
    case giveUp(Unsettled)
  }

  private let policy: SettlingPolicy
  private let deadline: ContinuousClock.Instant
  private var nextDelay: Duration
  private var agreement: (candidate: NetworkInterface, since: ContinuousClock.Instant)?

  /// How many readings have been judged.
  private(set) var readings = 0

  init(policy: SettlingPolicy, deadline: ContinuousClock.Instant) {
    self.policy = policy
    self.deadline = deadline
    nextDelay = policy.firstDelay
  }

  /// Judges a reading that was complete at `now`.
  mutating func judge(_ reading: InterfaceReading, at now: ContinuousClock.Instant) -> Verdict {
    readings += 1
    switch reading {
    case .settled(let interface):
      let isStill = readings == 1 || agreed(on: interface, at: now, for: policy.stillTime) != nil
      // Complete facts are better than none when there is no time to see them stand.
      guard !isStill, now + policy.stillTime < deadline else { return .accept(interface) }
      return .wait(.moving(candidate: interface), policy.stillTime)
    case .unsettled(let reason):
      if let candidate = agreed(on: reason.candidate, at: now, for: policy.agreementTime) {
        return .accept(candidate)
      }
      // Towards the end each wait leaves as much time for the reading after it.
      let delay = min(nextDelay, now.duration(to: deadline) / 2)
      guard delay >= policy.firstDelay else { return .giveUp(reason) }
      nextDelay = min(nextDelay * 2, policy.maximumDelay)
      return .wait(reason, delay)
    }
  }

  /// The candidate, once every reading for long enough has had the same.
  private mutating func agreed(
    on candidate: NetworkInterface?,
    at now: ContinuousClock.Instant,
    for time: Duration
  ) -> NetworkInterface? {
    guard let candidate else {
      agreement = nil
      return nil
    }
    guard let agreement, agreement.candidate == candidate else {
      agreement = (candidate, now)
      return nil
    }
    return agreement.since.duration(to: now) >= time ? candidate : nil
  }
}
