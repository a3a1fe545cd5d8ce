// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import HostSystem
import NetworkModel
import Reporting
import Rtnetlink

/// `eni-init status`: the ENIs of this host and what state each is in.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List the ENIs and what state each is in.",
    discussion: """
      States: primary, left to the image; routed, configured and replying by itself; drifted, not \
      as it shall be; held, unmanaged and down; ignored, left alone by a setting; absent, listed by \
      IMDS without a link; unknown, while the primary of this instance is not on record. An Elastic \
      IP stands in parentheses behind its address.
      """
  )

  @Flag(help: "Print JSON, in the form of status.schema.json.")
  var json = false

  @Flag(help: "Print anew whenever something changes, until interrupted.")
  var watch = false

  @OptionGroup var options: HostOptions

  /// How long IMDS may take: reachable or not shall be known while somebody looks on.
  private static let patience: Duration = .seconds(1)
  /// What is not the kernel's is looked at this often while watching.
  private static let pause: Duration = .seconds(10)

  func run() throws {
    guard watch else { return print(try text(), terminator: "") }
    // Subscribed before the first look, so that no change falls between.
    let monitor = try RouteMonitor()
    var former: String?
    while true {
      let current = try text()
      if current != former {
        print(Terminal.isOutput && !json ? Terminal.clear : "", terminator: "")
        print(current, terminator: "")
        fflush(nil)
        former = current
      }
      _ = try monitor.wait(timeout: Self.pause)
    }
  }

  private func text() throws -> String {
    let host = try Host(root: options.root)
    let report = StatusReport(
      try HostInspection(host, MetadataSource(options, deadline: .now + Self.patience).metadata)
        .view()
    )
    return json ? try report.json() : report.table(Terminal.style)
  }
}
