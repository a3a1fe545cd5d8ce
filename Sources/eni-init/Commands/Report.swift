// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Reporting

/// `eni-init report`: all that somebody needs who is to find out what is wrong, in one text.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print one text for a bug report: versions, facts, configuration, kernel, journal.",
    discussion: """
      Changes nothing. The token of IMDS is in no part of it, nor are user data or credentials, which \
      are never asked for. With --redact, public addresses and the ids of EC2 resources are replaced, \
      each by the same word everywhere.
      """
  )

  @Flag(help: "Replace public addresses and the ids of EC2 resources.")
  var redact = false

  @OptionGroup var options: HostOptions

  func run() throws {
    var redaction = Redaction()
    try ReportSections(options: options).tell { title, body in
      Progress.show("looking at \(title)")
      let text = ReportSection(title, body()).text
      Progress.end()
      print(redact ? redaction.redact(text) : text, terminator: "")
    }
  }
}
