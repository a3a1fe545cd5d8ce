// SPDX-License-Identifier: Apache-2.0
import Glibc
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

  /// What there is to say of one ENI.
  struct Outcome {
    var plan: InterfacePlan?
    var files: [String] = []
    var drift: [Drift] = []
  }

  /// The plan of an ENI whose facts are complete, and how the host differs from it.
  func compare(
    _ interface: NetworkInterface?,
    in network: InstanceNetwork?
  ) throws -> Outcome {
    guard let interface, let network else { return Outcome() }
    // Each by itself, so that one that cannot be planned hides no other.
    let alone = InstanceNetwork(
      primaryMAC: network.primaryMAC,
      interfaces: [interface],
      primarySubnets: network.primarySubnets
    ).keepingPrimarySubnets(of: state)
    let plan = try host.planner.plan(for: alone, links: state.state.links)
    if let primary = plan.primary { return Outcome(drift: missing(primary)) }
    guard let plan = plan.interfaces.first else { return Outcome() }
    let files = instance.map { stack.renderer.files(for: plan, instance: $0) } ?? []
    let stale = try files.filter { try isStale($0) }
    return Outcome(
      plan: plan,
      files: files.map(\.path),
      drift: stale.map { .file($0.path) } + kernel(plan)
    )
  }

  /// A file that is root's alone, such as a profile of NetworkManager, is not compared for anybody else.
  private func isStale(_ file: ConfigFile) throws -> Bool {
    do throws(SystemCallError) {
      return try host.generated.read(file.path) != file.content
    } catch  where error.errno == EACCES {
      return false
    }
  }

  private func kernel(_ plan: InterfacePlan) -> [Drift] {
    let difference = Difference(plan, state: state, isNew: false)
    return ((difference?.link ?? []) + (difference?.routing ?? [])).map { .missing($0) }
      + ((difference?.leases ?? []) + Withdrawal.changes(plan, state: state)).map { .leftover($0) }
  }

  /// The addresses that the primary lacks; the first one of a family is the image's to give.
  private func missing(_ plan: PrimaryPlan) -> [Drift] {
    guard let link = state.link(mac: plan.mac) else { return [] }
    let given = Set(state.addresses(on: link.index).map(\.address))
    return plan.without(given).addresses.filter { link.accepts($0.family) }
      .map { .missing(.addAddress($0, link.index, link.name)) }
  }
}
