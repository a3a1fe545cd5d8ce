// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import NetworkModel
import Reporting

/// `eni-init map`: a picture of the instance's network.
struct MapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Draw the ENIs, their subnets and the way their replies leave.",
    discussion: """
      From left to right: the instance, its ENIs with their addresses, their subnets with the VPC \
      router, and the Elastic IPs. What is wrong is red and marked with !, what is held, ignored or \
      unknown is yellow; the states are those of status. Long lists are shortened in text and whole \
      in SVG.
      """
  )

  @Option(
    help: ArgumentHelp(
      "Write an SVG, for a ticket or a runbook, to this file; - is standard output.",
      valueName: "file"
    )
  )
  var svg: String?

  @OptionGroup var options: HostOptions

  /// How long IMDS may take while somebody looks on.
  private static let patience: Duration = .seconds(1)
  /// What a pipe, a ticket and a serial console have room for.
  private static let columns = 80

  func run() throws {
    let host = try Host(root: options.root)
    let map = InstanceMap(
      try HostInspection(host, MetadataSource(options, deadline: .now + Self.patience).metadata)
        .view(hasAllRoutes: true)
    )
    switch svg {
    case nil:
      print(map.text(width: Terminal.columns ?? Self.columns, Terminal.style), terminator: "")
    case "-": print(map.svg, terminator: "")
    case let path?: try save(map.svg, path)
    }
  }

  private func save(_ svg: String, _ path: String) throws {
    do throws(SystemCallError) {
      try DocumentFile(path).replace(svg)
    } catch {
      throw MapFailure.notWritten(error)
    }
  }
}
