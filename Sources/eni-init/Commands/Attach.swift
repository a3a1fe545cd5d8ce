// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import NetworkModel

/// `eni-init attach`: what udev starts for every ENI that appears.
struct Attach: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Configure one ENI: name, addresses, routes, rules.",
    discussion: """
      Waits until IMDS has settled on what the ENI is, writes its configuration, names and \
      activates it, and verifies the result; if that is not as planned, undoes it and holds the \
      ENI again. Running it again changes nothing. The primary ENI is only put on record.
      """
  )

  @Argument(
    help: "The interface: a name, an alternative name such as the ENI id, an index or a MAC."
  )
  var interface: String

  @Option(
    help: ArgumentHelp("Give up waiting for IMDS after this long.", valueName: "seconds")
  )
  var timeout = Timeout(seconds: 60)

  @OptionGroup var options: HostOptions

  func run() throws {
    let host = try Host(root: options.root)
    let deadline = ContinuousClock.now + timeout.duration
    let gathering = FactsGathering(
      host: host,
      metadata: MetadataSource(options, deadline: deadline).metadata,
      deadline: deadline
    )
    guard let facts = try gathering.facts(of: interface) else { return }
    try host.locked(within: .seconds(30)) {
      try Reconciliation(host: host, facts: facts).run()
    }
  }
}
