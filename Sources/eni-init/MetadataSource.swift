// SPDX-License-Identifier: Apache-2.0
import IMDS

/// The instance's metadata service, as the options say.
struct MetadataSource {
  /// Typed reading.
  let metadata: InstanceMetadata

  /// The service at its usual addresses, or at the loopback address of the options.
  init(_ options: HostOptions, deadline: ContinuousClock.Instant) {
    let endpoints = options.endpoint.map { [$0] } ?? IMDSEndpoint.standard
    metadata = InstanceMetadata(
      client: IMDSClient(
        version: eniInitVersion,
        endpoints: endpoints,
        policy: RetryPolicy(overallTimeout: ContinuousClock.now.duration(to: deadline)),
        onRetry: { _, _ in Progress.show("waiting for IMDS to answer") }
      )
    )
  }
}
