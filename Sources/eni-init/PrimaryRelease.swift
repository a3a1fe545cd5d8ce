// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel

/// Releases a primary that the first boot holds, in the runs that configure no ENI: with an error in
/// eni-init.conf, and where the host's ENIs have another owner.
struct PrimaryRelease {
  private let host: Host
  private let metadata: InstanceMetadata

  /// The host of a run; an error in eni-init.conf ends the run, but first the primary is released.
  static func host(_ options: HostOptions) throws -> Host {
    do {
      return try Host(root: options.root)
    } catch let error as ConfigurationError {
      try PrimaryRelease(options).run(because: error)
      throw error
    }
  }

  /// The release with the settings' defaults, since eni-init.conf cannot be read.
  init(_ options: HostOptions) throws {
    self.init(
      host: try Host(root: options.root, configuration: Configuration()),
      metadata: MetadataSource(options, deadline: .now + .seconds(30)).metadata
    )
  }

  /// The release on this host, with what `metadata` says.
  init(host: Host, metadata: InstanceMetadata) {
    self.host = host
    self.metadata = metadata
  }

  /// Releases the primary, and holds the candidate if that is another ENI; without a hold, or on a disk
  /// that was sealed, nothing.
  func run() throws {
    let hold = FirstBootHold(host: host)
    guard try hold.isArmed, try Refusal.sealed(host) == nil,
      let instance = try HostIdentity.instanceID(host.files)
    else { return }
    let record = PrimaryRecord(host: host)
    let primary: MACAddress
    do {
      primary = try record.recorded(of: instance)?.mac ?? metadata.primaryMAC()
    } catch IMDSError.denied {
      return try hold.giveUp(instance, because: "IMDS is turned off")
    } catch {
      try hold.giveUpIfOverdue(instance)
      throw error
    }
    try record.remember(primary, of: instance)
    try host.locked(within: .seconds(30)) {
      try hold.release(primary, of: instance, holdsCandidate: true)
    }
  }

  /// The same in a run that ends with `error`, which stays the one that is reported as the run's end.
  func run(because error: any Error) throws {
    do {
      try run()
    } catch let other {
      host.log.error("the primary ENI may still be held: \(other)", .failed, [.reason: "\(other)"])
    }
  }
}
