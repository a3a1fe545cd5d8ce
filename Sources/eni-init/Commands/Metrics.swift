// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import HostSystem
import NetworkModel
import Reporting

/// `eni-init metrics`: the state of all ENIs for Prometheus.
struct Metrics: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Print the state of all ENIs for Prometheus.",
    discussion: """
      Looks at what status looks at. With --output the file is replaced in one step, as \
      node_exporter's textfile collector needs it; eni-init-metrics.timer does so every minute, once \
      it is enabled.
      """
  )

  @Option(help: ArgumentHelp("Write to this file instead.", valueName: "file"))
  var output: String?

  @OptionGroup var options: HostOptions

  /// How long IMDS may take.
  private static let patience: Duration = .seconds(2)

  func run() throws {
    // Looked at first: nobody would read what is asked of IMDS for it.
    let target = try output.map { try MetricsFile($0) }
    let host = try Host(root: options.root)
    let report = MetricsReport(
      try HostInspection(host, MetadataSource(options, deadline: .now + Self.patience).metadata)
        .view(),
      version: eniInitVersion,
      time: Double(time(nil))
    )
    guard let target else { return print(report.text, terminator: "") }
    try target.replace(with: report.text)
  }
}
