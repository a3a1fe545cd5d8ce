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
  /// Called between looks, to help along what has got stuck.
  let assist: (Link) throws -> Void

  /// What the kernel shows at the end.
  struct Outcome {
    /// The ENI's link.
    let link: Link
    /// The changes that the kernel has refused, and that the ENI does without.
    let refusals: [Change: RtnetlinkError]
  }

  /// - Throws: ``VerificationFailure`` when main's default route changed, or the kernel does not
  ///   show the plan in time; it names what is missing.
  func run(_ kernel: RouteSocket) throws -> Outcome {
    let deadline = ContinuousClock.now + patience
    // Subscribed before the first look, so that no change falls between.
    let monitor = try RouteMonitor()
    var refusals: [Change: RtnetlinkError] = [:]
    while true {
      let state = try kernel.snapshot(.eni(plan.interface))
      guard let difference = Difference(plan, state: state, isNew: false),
        let link = state.link(mac: plan.mac)
      else { throw AttachFailure.linkGone(plan.mac) }
      // A client may be at work at this very moment; what it does fails nothing but by a default route.
      try kernel.apply(difference.leases)
      // Once each: a second refusal is the same.
      let wishes = (difference.tuning + difference.preferences).filter { refusals[$0] == nil }
      refusals.merge(try kernel.attempt(wishes)) { $1 }
      let failure = failure(difference, state, link.index)
      guard let failure else {
        let links = wishes.isEmpty ? state : KernelState(links: try kernel.links())
        return Outcome(link: links.link(mac: plan.mac) ?? link, refusals: refusals)
      }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw failure }
      // What gets stuck in a manager is no event of the kernel's.
      if try !monitor.wait(timeout: min(left, .seconds(1))) { try assist(link) }
    }
  }

  /// What is still wrong: the plan first, then main's default routes, of which those that were
  /// there must be there, and none may leave by this ENI.
  private func failure(
    _ difference: Difference,
    _ state: KernelState,
    _ link: Link.Index
  ) -> VerificationFailure? {
    guard difference.isComplete else {
      return .incomplete(plan.name, difference.link + difference.routing)
    }
    guard !state.mainDefaultRoutes.contains(where: { $0.link == link }) else {
      return .secondDefaultRoute(plan.name)
    }
    let lost = before.mainDefaultRoutes.filter { $0.link != link }
      .subtracting(state.mainDefaultRoutes)
    guard !lost.isEmpty else { return nil }
    return .defaultRouteLost(
      plan.name,
      before.restoringDefaultRoutes(in: state, besides: link)
    )
  }
}
