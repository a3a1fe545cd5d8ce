// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import NetworkModel

/// `eni-init detach`: what udev starts when an ENI's link goes.
struct Detach: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detach",
    abstract: "Clean up after ENIs whose link is gone.",
    discussion: """
      Rules that lead to the table of a link that is gone are removed at once. The ENI's files, \
      which do no harm without it, are removed when IMDS has said twice that it is not attached \
      any more. An ENI that comes back within seconds, as in a driver reload, loses nothing.
      """
  )

  @Option(
    help: ArgumentHelp("Give up waiting for IMDS after this long.", valueName: "seconds")
  )
  var timeout = Timeout(seconds: 120)

  @OptionGroup var options: HostOptions

  func run() throws {
    let host = try Host(root: options.root)
    if let reason = Refusal.turnedOff(host) {
      return host.log.notice("nothing is done: \(reason)", .refused, [.reason: reason])
    }
    let departure = Departure(
      host: host,
      instance: try host.identity(),
      deadline: .now + timeout.duration
    )
    try departure.removeDanglingRules()
    let metadata = MetadataSource(options, deadline: departure.deadline).metadata
    try InstanceRefresh(
      host: host,
      instance: departure.instance,
      metadata: metadata,
      timeout: .seconds(30)
    ).repair()
    guard try !departure.absent().isEmpty else { return }
    try departure.forgetAbsent(metadata)
  }
}
