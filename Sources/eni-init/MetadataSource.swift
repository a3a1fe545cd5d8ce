// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel

/// The instance's metadata service, as the options say.
struct MetadataSource {
  /// Typed reading.
  let metadata: InstanceMetadata

  /// The service at its usual addresses, by the links of ENIs; or at the loopback address of the options.
  init(_ options: HostOptions, deadline: ContinuousClock.Instant) {
    let path = MetadataPath(files: FileStore(root: options.root))
    let isOverridden = options.endpoint != nil
    metadata = InstanceMetadata(
      client: IMDSClient(
        version: eniInitVersion,
        endpoints: options.endpoint.map { [$0] } ?? IMDSEndpoint.standard,
        links: { () throws(RequestFailure) in isOverridden ? .any : try path.links() },
        policy: RetryPolicy(overallTimeout: ContinuousClock.now.duration(to: deadline)),
        onRetry: { _, _ in Progress.show("waiting for IMDS to answer") }
      )
    )
  }
}
