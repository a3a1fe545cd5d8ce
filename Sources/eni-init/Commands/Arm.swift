// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import IMDS
import NetworkModel

/// `eni-init arm`: what the package runs when it is installed on a running instance.
struct Arm: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arm",
    abstract: "Put the primary ENI on record, so that every new one is held.",
    discussion: """
      Asks IMDS which ENI is the primary and writes it down; changes no link. A boot does the \
      same by itself. Until it is done, an ENI that is hot-plugged is left to the image, because \
      it might be the primary.
      """
  )

  @Option(
    help: ArgumentHelp("Give up waiting for IMDS after this long.", valueName: "seconds")
  )
  var timeout = Timeout(seconds: 10)

  @OptionGroup var options: HostOptions

  func run() throws {
    let host = try Host(root: options.root)
    if let reason = Refusal.turnedOff(host) {
      return host.log.notice("nothing is done: \(reason)", .refused, [.reason: reason])
    }
    let instance = try host.identity()
    let source = MetadataSource(options, deadline: .now + timeout.duration)
    let isNews = try PrimaryRecord(host: host).remember(
      try source.metadata.primaryMAC(),
      of: instance
    )
    if isNews { try showHold(to: host) }
  }

  /// Has the stacks that run read the hold, which came after they started.
  private func showHold(to host: Host) throws {
    for stack in host.stacks {
      if let obstacle = try stack.activator.obstacle(besides: nil) {
        host.log.warning(
          "\(stack.kind.title) has not read the hold: \(obstacle). Until the next boot or a reload "
            + "by hand, an ENI that is plugged in is left to the image at first",
          .holdUnread,
          [.reason: obstacle]
        )
      } else {
        try stack.activator.readHold(releasing: nil)
      }
    }
  }
}
