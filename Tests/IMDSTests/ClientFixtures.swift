// SPDX-License-Identifier: Apache-2.0

import IMDS
import NetworkModel
import Testing

extension RetryPolicy {
  /// Short waits, and enough time for a busy machine.
  static let quick = RetryPolicy(
    connectTimeout: .seconds(1),
    requestTimeout: .milliseconds(400),
    firstDelay: .milliseconds(2),
    maximumDelay: .milliseconds(5),
    overallTimeout: .seconds(20)
  )
}

extension IMDSClient {
  /// A client of these endpoints, with no jitter.
  static func quick(
    _ endpoints: IMDSEndpoint...,
    policy: RetryPolicy = .quick,
    onRetry: @escaping (IMDSError, Duration) -> Void = { _, _ in }
  ) -> IMDSClient {
    IMDSClient(
      version: "9.8.7",
      endpoints: endpoints,
      policy: policy,
      jitter: { 1 },
      onRetry: onRetry
    )
  }
}

/// A clock whose waits end at once and are remembered.
final class FakeClock {
  private var instant = ContinuousClock.now
  private(set) var waits: [Duration] = []

  var timekeeper: Timekeeper {
    Timekeeper(
      now: { self.instant },
      sleep: {
        self.waits.append($0)
        self.instant += $0
      }
    )
  }

  var now: ContinuousClock.Instant { instant }
  func advance(by duration: Duration) { instant += duration }
}

func macAddress(_ text: String) throws -> MACAddress { try #require(MACAddress(text)) }
