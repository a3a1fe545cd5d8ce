// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import NetworkModel
import Rendering

/// `eni-init boot`: before any network manager starts, without a network.
struct Boot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boot",
    abstract: "Put everything in place before the network; runs early in every boot.",
    discussion: """
      Compares the instance id that the hypervisor shows with the records on disk and removes \
      the records and configuration of any other instance, as a disk has that was snapshotted \
      and launched again. Files of this instance stay, also those of an ENI that is not there \
      yet. Then configures the ENIs that disk does not know from what cloud-init has learned in \
      this boot. Where nothing tells which ENI is the primary, in a first boot without \
      cloud-init, one ENI is left to the image, and all others are held until IMDS tells. Asks no \
      network, and without an instance id changes nothing.
      """
  )

  @OptionGroup var options: HostOptions

  func run() throws {
    let files = FileStore(root: options.root)
    do {
      try run(Host(root: options.root, configuration: try Configuration(files)), isSound: true)
    } catch let error as ConfigurationError {
      // Files of another instance go all the same, and an unknown ENI is held.
      var steps = Steps()
      steps.attempt { throw error }
      steps.attempt {
        try run(Host(root: options.root, configuration: Configuration()), isSound: false)
      }
      try steps.end()
    }
  }

  /// `isSound` says whether the configuration is the administrator's.
  private func run(_ host: Host, isSound: Bool) throws {
    if let reason = Refusal.turnedOff(host) {
      for mask in host.stacks.compactMap(\.renderer.holdMask) {
        _ = try host.files.replace(mask)
      }
      return host.log.notice(
        "nothing is done, and no ENI is held: \(reason)",
        .refused,
        [.reason: reason]
      )
    }
    guard let instance = try HostIdentity.instanceID(host.files) else {
      return host.log.notice("the hypervisor shows no instance id, so nothing is removed")
    }
    var steps = Steps()
    steps.attempt { try host.locked(within: .seconds(2)) { try dropForeign(host, instance) } }
    steps.attempt {
      try BootPreparation(host: host, instance: instance, mayConfigure: isSound).run()
    }
    let naming = NetplanNaming(host: host, instance: instance)
    steps.attempt { try host.locked(within: .seconds(2)) { naming.agree() } }
    naming.keepFormerNames()
    try steps.end()
  }

  private func dropForeign(_ host: Host, _ instance: InstanceID) throws {
    let foreign = try host.records.instances().filter { $0 != instance }
    let kept = Set(try host.records.records(of: instance).compactMap(\.name))
    var steps = Steps()
    for file in try OwnedFileInventory(host).files {
      let isOurs = file.isForPrimary || kept.contains(where: file.isFor)
      guard file.instance != instance || !isOurs || file.isRetired else { continue }
      steps.attempt {
        try host.generated.remove(file.path)
        host.log.notice(
          "removed \(file.path), which no ENI of \(instance) has",
          .foreignRemoved,
          [.file: file.path, .instance: file.instance?.text ?? ""]
        )
      }
    }
    // Files before records: a run that is cut off in between is repeated, not forgotten.
    try steps.end()
    for other in foreign {
      try host.records.removeAll(of: other)
      host.log.notice(
        "forgot the ENIs of \(other): this is \(instance)",
        .foreignRemoved,
        [.instance: other.text]
      )
    }
  }
}
