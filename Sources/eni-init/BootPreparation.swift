// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Planning
import Rtnetlink
import Udev

/// Puts all ENIs in place before any network manager starts, without a network.
///
/// From what is on disk udev has named the known ones already. What cloud-init has asked IMDS in this
/// boot tells the others; without it, a first boot tries one ENI and holds the rest.
struct BootPreparation {
  let host: Host
  let instance: InstanceID
  /// Whether ENIs may be configured; else they are held, with an error in eni-init.conf that may be about
  /// them.
  let mayConfigure: Bool

  /// How long udev may take to find the devices, once in the life of an instance.
  ///
  /// No time is lost by it: networkd waits for udev too before it configures a link. The unit's
  /// TimeoutStartSec= leaves room for it.
  private static let patience: Duration = .seconds(60)

  /// Takes every step, whatever becomes of the ones before: an ENI of unknown role that is not held gets
  /// DHCP, whether or not the disk can be written.
  ///
  /// - Throws: ``StepsError`` when a step failed.
  func run() throws {
    let told = facts()
    var steps = Steps()
    let isKnown =
      steps.attempt { try PrimaryRecord(host: host).recorded(of: instance) != nil } ?? false
    if let told {
      steps.attempt { try PrimaryRecord(host: host).remember(told.primaryMAC, of: instance) }
    }
    // With the primary on disk and nothing new from cloud-init, udev has done it all.
    if !isKnown || told != nil {
      steps.attempt { try place(told, isKnown: isKnown) }
    }
    try steps.end()
  }

  private func place(_ told: InstanceNetwork?, isKnown: Bool) throws {
    let udev = try UdevContext()
    // With the primary on record udev itself holds a new ENI; only a name is awaited.
    let patience = isKnown ? .seconds(2) : Self.patience
    if try !udev.waitUntilIdle(deadline: .now + patience) {
      host.log.warning(
        "udev is still busy after \(patience); an ENI that it finds later is held"
      )
    }
    try host.locked(within: .seconds(2)) {
      let marked = try udev.interfaces()
      guard try !isTooLate() else { return }
      try hold(marked, told)
      if let told, mayConfigure { try prepare(told) }
    }
  }

  /// The metadata that cloud-init has read in this boot; nil without the file, and, with a warning, when
  /// the file does not serve.
  private func facts() -> InstanceNetwork? {
    do {
      guard let content = try host.files.read(CloudInitMetadata.path) else { return nil }
      guard let metadata = try CloudInitMetadata(content) else {
        refuse("it names no EC2 instance id and primary MAC")
        return nil
      }
      guard metadata.instance == instance else {
        refuse("it describes \(metadata.instance), and this is \(instance)")
        return nil
      }
      for (mac, error) in metadata.malformed { refuse("\(error)", of: mac) }
      return metadata.network
    } catch {
      refuse("\(error)")
      return nil
    }
  }

  /// Reports that cloud-init's file, or its part about one ENI, is not used.
  private func refuse(_ reason: String, of mac: MACAddress? = nil) {
    let part = mac.map { " for \($0)" } ?? ""
    host.log.warning(
      "\(CloudInitMetadata.path) is not used\(part): \(reason)",
      .factsRefused,
      about: mac.map { [Subject(mac: $0)] } ?? [],
      [.file: CloudInitMetadata.path, .reason: reason]
    )
  }

  /// Whether a network stack runs already, as when somebody calls this by hand: then it is its turn.
  private func isTooLate() throws -> Bool {
    try host.stacks.contains { try $0.activator.isRunning() }
  }

  /// Names and configures the ENIs that disk does not have so; what it has may hold more than
  /// cloud-init knows.
  private func prepare(_ network: InstanceNetwork) throws {
    let records = try host.records.records(of: instance)
    let policy = host.configuration.policy
    // Which subnet and which security groups an ENI has, IMDS alone tells.
    guard try Refusal.reason(on: host) == nil, !policy.asksForMembership else { return }
    let state = KernelIndex(try RouteSocket().snapshot(.enis(tables: [], macs: [])))
    let owned = Ownership(network, in: state, by: host.planner)
    for interface in network.interfaces where interface.mac != network.primaryMAC {
      guard policy.reasonToIgnore(mac: interface.mac, id: interface.id) == nil else { continue }
      let name = host.planner.name(of: interface.attachment)
      guard !records.contains(where: { $0.mac == interface.mac && $0.name == name }) else {
        continue
      }
      let contest = owned.contests[interface.mac]
      guard let own = owned.interface(interface.mac) else {
        contest?.report(on: host, Subject(eni: interface.id, mac: interface.mac), isHeld: true)
        continue
      }
      let facts = ENIFacts(
        instance: instance,
        primaryMAC: network.primaryMAC,
        interface: own,
        primarySubnets: network.primarySubnets,
        otherSlots: network.slots
      )
      do {
        try Reconciliation(host: host, facts: facts).prepare()
      } catch {
        // One ENI that cannot be prepared stays held; the boot goes on.
        host.log.error(
          "\(interface.id) stays held: \(error)",
          error is UndoneFailure ? .undone : .failed,
          about: [Subject(facts, on: host)],
          [.reason: "\(error)"]
        )
      }
    }
  }

  /// Holds the ENIs that udev could not tell when it saw them.
  private func hold(_ marked: [UdevLink], _ told: InstanceNetwork?) throws {
    let unknown = Set(marked.filter { $0.role == .unknown }.map(\.index))
    guard !unknown.isEmpty else { return }
    let links = try RouteSocket().links()
    let candidate =
      if let told {
        KernelState(links: links).link(mac: told.primaryMAC)
      } else {
        try PrimaryCandidate.choose(
          among: links.filter { unknown.contains($0.index) },
          host.configuration.policy,
          host.files
        )
      }
    try FirstBootHold(host: host).arm(except: candidate)
    if told == nil, unknown.count > 1, let candidate {
      host.log.notice(
        "\(candidate.name) is tried as the primary; \(unknown.count - 1) other ENIs are held until "
          + "IMDS has told",
        .candidateTried,
        about: [Subject(candidate)]
      )
    }
  }
}
