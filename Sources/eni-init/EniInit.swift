// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc

/// The command `eni-init`.
@main
struct EniInit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eni-init",
    abstract: "Names, configures and routes the network interfaces of an EC2 instance.",
    discussion: """
      Every elastic network interface (ENI) but the primary gets a name by its device number, a \
      static configuration on disk before a DHCP client can touch it, and rules that send each \
      reply out of the ENI that the request came in by. udev, systemd and the package run attach, \
      detach, refresh, boot and arm; status, check, explain, map, plan, history, report, metrics \
      and config only look; seal and render are for who bakes an image.

      Exit status: \(ExitStatus.summary)

      See eni-init(8).
      """,
    version: eniInitVersion,
    subcommands: [
      Status.self, Check.self, Explain.self, MapCommand.self, History.self, Metrics.self, Plan.self,
      Config.self, Report.self, Attach.self, Detach.self, Refresh.self, Boot.self, Seal.self,
      Arm.self, Render.self,
    ]
  )

  /// Runs the command line, and turns what went wrong into one message and an exit status.
  static func main() {
    defer { Progress.end() }
    do {
      guard !CommandLine.arguments.isEmpty else { throw NoCommandLine() }
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as any CommandFailure {
      Log.standard.report(failure)
      Glibc.exit(failure.exitStatus.rawValue)
    } catch {
      // Help, the version, and usage errors, which end with 64 (sysexits.h).
      exit(withError: error)
    }
  }
}
