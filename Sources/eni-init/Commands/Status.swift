// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import NetworkModel
import Rtnetlink
import Udev

/// `eni-init status`: the ENIs of this host, from the kernel and from disk; asks no network.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List the ENIs and what state each is in.",
    discussion: """
      States: primary, left to the image; routed, configured and replying by itself; held, \
      unmanaged and down until its facts are known; incomplete, with a rule or a route missing; \
      unknown, while the primary of this instance is not on record.
      """
  )

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: HostOptions

  func run() throws {
    let host = try Host(root: options.root)
    let instance = try? host.identity()
    let report = StatusReport(
      state: try RouteSocket().snapshot(),
      marked: try UdevContext().interfaces(),
      instance: instance,
      records: try instance.map { try host.records.records(of: $0) } ?? [],
      namePrefix: host.configuration.policy.namePrefix
    )
    print(json ? try report.json() : report.table, terminator: "")
  }
}
