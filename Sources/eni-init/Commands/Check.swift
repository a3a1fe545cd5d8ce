// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Reporting
import Rtnetlink

/// `eni-init check`: verifies all that makes replies symmetric.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Verify everything that makes replies symmetric, and say how to fix it.",
    discussion: """
      Compares plan, files and kernel, asks the kernel by which ENI each address replies, and looks \
      for DHCP clients, other programs and settings that are in the way. Changes nothing. \
      eni-init-checks(7) tells of each finding.

      Exit status: 0 nothing found, 1 warnings, 2 problems; from 64 on, the check could not be made.
      """
  )

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: HostOptions

  func run() throws {
    let host = try Host(root: options.root)
    let view = try HostInspection(
      host,
      MetadataSource(options, deadline: .now + .seconds(2)).metadata
    ).view()
    let inspection = SurroundingsInspection(host: host, view: view, kernel: try RouteSocket())
    let surroundings = try inspection.surroundings { Progress.show("looking at \($0)") }
    Progress.end()
    let report = CheckReport(Checkup(view, surroundings).findings)
    print(json ? try report.json() : report.text(Terminal.style), terminator: "")
    switch report.severity {
    case nil: return
    case .warning: throw ExitCode(1)
    case .problem: throw ExitCode(2)
    }
  }
}
