// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import IMDS

/// Options of every command.
struct HostOptions: ParsableArguments {
  @Option(
    name: .customLong("imds-endpoint"),
    help: ArgumentHelp(
      "Ask for metadata at this loopback address and port, as tests do.",
      valueName: "address:port"
    )
  )
  var endpoint: IMDSEndpoint?

  @Option(help: ArgumentHelp(visibility: .private))
  var root = "/"
}

extension IMDSEndpoint: ExpressibleByArgument {
  /// Loopback addresses only: an address from elsewhere could be anybody's.
  package init?(argument: String) {
    self.init(loopback: argument)
  }
}
