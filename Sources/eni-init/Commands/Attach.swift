// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import IMDS
import NetworkModel
import Rtnetlink

/// `eni-init attach`: what udev starts for every ENI that appears.
struct Attach: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    abstract: "Configure one ENI: name, addresses, routes, rules.",
    discussion: """
      Waits until IMDS has settled on what the ENI is, writes its configuration, names and \
      activates it, and verifies the result; if that is not as planned, undoes it and holds the \
      ENI again. Running it again changes nothing. The primary ENI is only put on record.
      """
  )

  @Argument(
    help: "The interface: a name, an alternative name such as the ENI id, an index or a MAC.",
    completion: .links
  )
  var interface: String

  @Option(
    help: ArgumentHelp("Give up waiting for IMDS after this long.", valueName: "seconds")
  )
  var timeout = Timeout(seconds: 60)

  @OptionGroup var options: HostOptions

  func run() throws {
    let host = try PrimaryRelease.host(options)
    if let reason = try Refusal.turnedOff(host) ?? Refusal.sealed(host) {
      return host.log.notice("nothing is done: \(reason)", .refused, [.reason: reason])
    }
    guard let link = try link(on: host) else { return }
    let deadline = ContinuousClock.now + timeout.duration
    let gathering = FactsGathering(
      host: host,
      metadata: MetadataSource(options, deadline: deadline).metadata,
      deadline: deadline
    )
    guard let attached = try attach(link, gathering) else { return }
    let refresh = InstanceRefresh(
      host: host,
      instance: attached.instance,
      metadata: gathering.metadata,
      timeout: timeout.duration
    )
    guard try AttachedLinks(host: host).remember(link, of: attached.interface.mac) else {
      return try refresh.repair()
    }
    // IMDS may have told where it was before.
    Timekeeper.system.sleep(Self.pause)
    try refresh.run()
  }

  /// The pause before an ENI that is back is looked at again, as before the second reading of a refresh.
  private static let pause: Duration = .seconds(5)

  /// The link to attach; nil when a unit was started for a link that has gone since, which is no failure.
  private func link(on host: Host) throws -> Link? {
    do {
      return try FactsGathering.link(interface)
    } catch AttachFailure.noSuchInterface where UInt32(interface) != nil && !host.log.isByHand {
      host.log.notice(
        "the link with index \(interface) went away before it was attached",
        .goneEarly
      )
      return nil
    }
  }

  /// - Returns: The facts of the ENI that was configured; nil when there was nothing to configure.
  private func attach(_ link: Link, _ gathering: FactsGathering) throws -> ENIFacts? {
    let host = gathering.host
    // In every outcome: the ENI may have been the candidate of a first boot.
    defer { release(after: link, host) }
    do {
      return try ENIFailure.naming(Subject(link)) {
        guard let facts = try gathering.facts(of: link) else { return nil }
        try host.locked(within: .seconds(30)) {
          try ENIFailure.naming(Subject(facts, on: host)) {
            try Reconciliation(host: host, facts: facts).run()
          }
          NetplanNaming(host: host, instance: facts.instance).agree()
        }
        return facts
      }
    } catch {
      guard try isExcused(error, link, host) else { throw error }
      return nil
    }
  }

  /// Whether the ENI needs nothing although its attachment failed.
  private func isExcused(_ error: any Error, _ link: Link, _ host: Host) throws -> Bool {
    guard try RouteSocket().links().contains(where: { $0.index == link.index }) else {
      host.log.notice(
        "\(link.name)\(link.mac.map { " (\($0))" } ?? "") went away while it was being attached",
        .goneEarly,
        about: [Subject(link)]
      )
      return true
    }
    guard let cause = (error as? ENIFailure)?.cause as? IMDSError else { return false }
    let instance = try host.identity()
    if case .denied = cause {
      try FirstBootHold(host: host).giveUp(instance, because: "IMDS is turned off")
    } else {
      try FirstBootHold(host: host).giveUpIfOverdue(instance)
    }
    guard cause.isSilence, try KnownENI(host: host, instance: instance).complete(link) else {
      return false
    }
    host.log.info(
      "\(link.name) is configured as its record and its files say; no metadata: \(cause)"
    )
    return true
  }

  private func release(after link: Link, _ host: Host) {
    do {
      guard let instance = try HostIdentity.instanceID(host.files),
        let primary = try PrimaryRecord(host: host).recorded(of: instance)
      else { return }
      let hold = FirstBootHold(host: host)
      try host.locked(within: .seconds(30)) {
        try hold.release(primary.mac, of: instance, holdsCandidate: hold.isCandidate(link))
      }
    } catch {
      host.log.error(
        "the primary ENI may still be held: \(error)",
        .failed,
        about: [Subject(link)],
        [.reason: "\(error)"]
      )
    }
  }
}
