// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import Rtnetlink

/// Waits until the kernel shows what was planned, and makes sure that the way in is still there.
struct Verification {
  let plan: InterfacePlan
  /// The kernel's state before anything was changed.
  let before: KernelState
  /// How long to wait.
  let patience: Duration

  /// - Throws: ``VerificationFailure`` when main's default route changed, or the kernel does not
  ///   show the plan in time; it names what is missing.
  func run(_ kernel: RouteSocket) throws {
    let deadline = ContinuousClock.now + patience
    // Subscribed before the first look, so that no change falls between.
    let monitor = try RouteMonitor()
    while true {
      let state = try kernel.snapshot()
      guard let difference = Difference(plan, state: state, isNew: false),
        let link = state.link(mac: plan.mac)
      else { throw AttachFailure.linkGone(plan.mac) }
      if difference.isEmpty {
        return try checkDefaultRoutes(state, link.index)
      }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else {
        throw VerificationFailure.incomplete(plan.name, difference.link + difference.routing)
      }
      _ = try monitor.wait(timeout: left)
    }
  }

  /// Main's default routes: those that were there still are, and none leaves by this ENI.
  private func checkDefaultRoutes(_ state: KernelState, _ link: Link.Index) throws {
    let kept = before.mainDefaultRoutes.filter { $0.link != link }
    let lost = kept.subtracting(state.mainDefaultRoutes)
    guard lost.isEmpty else { throw VerificationFailure.defaultRouteLost(plan.name) }
    guard !state.mainDefaultRoutes.contains(where: { $0.link == link }) else {
      throw VerificationFailure.secondDefaultRoute(plan.name)
    }
  }
}
