// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import IMDS
import NetworkModel
import Planning
import Rendering
import Rtnetlink

/// `eni-init plan`: what attach would do, without doing it.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what would change, and change nothing.",
    discussion: """
      For each ENI: its files as differences to those on disk, then the changes to the kernel as \
      the ip commands that do the same. Nothing is printed for an ENI that is as planned.
      """
  )

  @OptionGroup var options: HostOptions

  func run() throws {
    let host = try Host(root: options.root)
    let instance = try host.identity()
    let metadata = MetadataSource(options, deadline: .now + .seconds(10)).metadata
    if let reason = try Refusal.reason(on: host) { return print("# nothing: \(reason)") }
    let state = try RouteSocket().snapshot()
    let policy = host.configuration.policy
    let survey = try InstanceSurvey(metadata, links: state.links, policy: policy)
    let index = KernelIndex(state)
    let owned = Ownership(survey.network, in: index, by: host.planner)
    let held =
      survey.unsettled.map { ($0, "\($1)") } + survey.ignored.map { ($0, $1) }
      + survey.unread.map { ($0, "\($1)") }
      + owned.contests.filter { owned.held.contains($0.key) }.map { ($0, "\($1)") }
    for (mac, reason) in held.sorted(by: { $0.0 < $1.0 }) {
      print("# \(mac) stays held: \(reason)")
    }
    for (mac, contest) in owned.contests where !owned.held.contains(mac) {
      print("# \(mac) keeps its other addresses: \(contest)")
    }
    let network = try host.planner.plan(
      for: host.planner.retaining(owned.network, in: index),
      links: state.links
    )
    for plan in network.interfaces {
      print(try lines(plan, host, instance, state).map { $0 + "\n" }.joined(), terminator: "")
    }
  }

  private func lines(
    _ plan: InterfacePlan,
    _ host: Host,
    _ instance: InstanceID,
    _ state: KernelState
  ) throws -> [String] {
    let renderer = try host.stack(primary: state.link(mac: plan.primaryMAC)).renderer
    var lines = try renderer.files(for: plan, instance: instance).flatMap {
      FileDifference(of: $0, from: try host.generated.read($0.path)).lines
    }
    if let link = state.link(mac: plan.mac) {
      let isNew = try host.isNew(link, to: plan, of: instance, in: state)
      let difference = Difference(plan, state: state, isNew: isNew)
      lines += (difference?.changes ?? []).map(\.description)
    }
    guard !lines.isEmpty else { return [] }
    return ["# \(plan.interface.id), \(plan.mac), \(plan.interface.attachment)"] + lines
  }
}
