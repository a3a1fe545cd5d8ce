// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Planning
import Rendering
import Reporting

/// Compares what IMDS tells of one ENI with disk and kernel.
struct Comparison {
  let host: Host
  let stack: Stack
  let instance: InstanceID?
  let state: KernelIndex

  /// The plan of an ENI whose facts are complete, and how the host differs from it.
  func compare(
    _ interface: NetworkInterface?,
    in network: InstanceNetwork?,
    _ role: InterfaceRecord.Role
  ) throws -> (plan: InterfacePlan?, drift: [Drift]) {
    guard let interface, let network else { return (nil, []) }
    // Each by itself, so that one that cannot be planned hides no other.
    let alone = InstanceNetwork(
      primaryMAC: network.primaryMAC,
      interfaces: [interface],
      primarySubnets: network.primarySubnets
    )
    let plan = try host.planner.plan(for: alone, links: state.state.links)
    if let primary = plan.primary { return (nil, missing(primary)) }
    guard let plan = plan.interfaces.first else { return (nil, []) }
    return (plan, try files(plan) + kernel(plan))
  }

  private func files(_ plan: InterfacePlan) throws -> [Drift] {
    guard let instance else { return [] }
    return try stack.renderer.files(for: plan, instance: instance).filter {
      try host.files.read($0.path) != $0.content
    }.map { .file($0.path) }
  }

  private func kernel(_ plan: InterfacePlan) -> [Drift] {
    let difference = Difference(plan, state: state, isNew: false)
    return ((difference?.link ?? []) + (difference?.routing ?? [])).map { .missing($0) }
      + Withdrawal.changes(plan, state: state).map { .leftover($0) }
  }

  /// The addresses that the primary lacks; the first one of a family is the image's to give.
  private func missing(_ plan: PrimaryPlan) -> [Drift] {
    guard let link = state.link(mac: plan.mac) else { return [] }
    let given = Set(state.addresses(on: link.index).map(\.address))
    return plan.without(given).addresses.map { .missing(.addAddress($0, link.index, link.name)) }
  }
}
