// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// The way of a packet that this host sends through the rules, as far as they are known here: rules
/// with a selector beyond source, destination and mark are left out (see ``RoutingPolicyRule``).
///
/// The kernel is asked too, and what it says counts.
struct RuleWalk {
  /// A rule that looks at the packet, and what comes of it.
  struct Step: Hashable {
    /// The rule.
    let rule: RoutingPolicyRule
    /// What comes of it.
    let verdict: Verdict
  }

  /// What a rule does.
  enum Verdict: Hashable {
    /// Its table has no route for the destination.
    case noRoute
    /// Its table has one, but the rule does not take it, because it is as short as a default route.
    case tooShort(KernelState.LinkRoute)
    /// Because it leaves by a link of the group that the rule passes over.
    case inGroup(KernelState.LinkRoute)
    /// This route is taken.
    case taken(KernelState.LinkRoute)
  }

  /// The steps, the last of which decides, unless it takes no route.
  let steps: [Step]

  /// The way of the packet in `question`.
  init(_ question: RouteLookup.Question, _ kernel: KernelState) {
    var steps: [Step] = []
    // A kernel state has no routes of the table local: of those only the kernel itself can tell.
    let rules = kernel.rules.filter { $0.matches(question) && $0.table != .local }
      .sorted { $0.priority.rawValue < $1.priority.rawValue }
    for rule in rules {
      let verdict = Self.verdict(rule, question, kernel)
      steps.append(Step(rule: rule, verdict: verdict))
      if case .taken = verdict { break }
    }
    self.steps = steps
  }

  /// The route that is taken; nil when no known rule takes one.
  var taken: KernelState.LinkRoute? {
    guard let last = steps.last, case .taken(let route) = last.verdict else { return nil }
    return route
  }

  private static func verdict(
    _ rule: RoutingPolicyRule,
    _ question: RouteLookup.Question,
    _ kernel: KernelState
  ) -> Verdict {
    let best = kernel.routes.filter {
      $0.route.table == rule.table && $0.route.destination.contains(question.destination)
    }.min { left, right in
      (right.route.destination.length, left.route.metric)
        < (left.route.destination.length, right.route.metric)
    }
    guard let best else { return .noRoute }
    // fib4_rule_suppress() and fib6_rule_suppress() of the kernel.
    if let limit = rule.suppressPrefixLength, best.route.destination.length <= limit {
      return .tooShort(best)
    }
    let group = kernel.links.first { $0.index == best.link }?.group
    if let suppressed = rule.suppressGroup, group == suppressed { return .inGroup(best) }
    return .taken(best)
  }
}

extension RoutingPolicyRule {
  /// Whether it looks at a packet of this host, which has no mark.
  fileprivate func matches(_ question: RouteLookup.Question) -> Bool {
    guard family == question.destination.family, mark == nil else { return false }
    if let destination, !destination.contains(question.destination) { return false }
    guard let source else { return true }
    return question.source.map(source.contains) ?? false
  }
}
