// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import IMDS
import NetworkModel

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
    let host = try Host(root: options.root)
    if let reason = try Refusal.turnedOff(host) ?? Refusal.sealed(host) {
      return host.log.notice("nothing is done: \(reason)", .refused, [.reason: reason])
    }
    let deadline = ContinuousClock.now + timeout.duration
    let gathering = FactsGathering(
      host: host,
      metadata: MetadataSource(options, deadline: deadline).metadata,
      deadline: deadline
    )
    let link = try FactsGathering.link(interface)
    let attached = try ENIFailure.naming(Subject(link)) { try attach(link, gathering) }
    guard let attached else { return }
    try InstanceRefresh(
      host: host,
      instance: attached.instance,
      metadata: gathering.metadata
    ).repair()
  }

  /// - Returns: what was configured; nil when there was nothing to configure.
  private func attach(_ link: Link, _ gathering: FactsGathering) throws -> ENIFacts? {
    let host = gathering.host
    let facts: ENIFacts?
    do {
      facts = try gathering.facts(of: link)
    } catch IMDSError.linkGone(let mac) {
      // Detached before it was configured: nothing was changed, nothing is left to do.
      host.log.notice(
        "\(mac) went away before IMDS knew it",
        .goneEarly,
        about: [Subject(link)]
      )
      return nil
    } catch IMDSError.denied(let path) {
      try FirstBootHold(host: host).giveUp(try host.identity())
      throw IMDSError.denied(path: path)
    }
    guard let facts else { return nil }
    try host.locked(within: .seconds(30)) {
      // Also when it fails: the ENI may have been the way in that is closed now.
      defer { release(facts.primaryMAC, host) }
      try ENIFailure.naming(Subject(facts, on: host)) {
        try Reconciliation(host: host, facts: facts).run()
      }
    }
    return facts
  }

  private func release(_ primary: MACAddress, _ host: Host) {
    do {
      try FirstBootHold(host: host).release(primary)
    } catch {
      host.log.error(
        "the primary ENI \(primary) may still be held: \(error)",
        .failed,
        about: [Subject(mac: primary)],
        [.reason: "\(error)"]
      )
    }
  }
}
