// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Why a reply takes the way it takes, in words and in iproute2's lines.
package struct ReplyExplanation {
  private let view: HostView
  private let eni: ENIView
  private let address: IPAddress

  /// The replies from an address of this host; `text` may also be an Elastic IP.
  ///
  /// - Returns: nil when no ENI has it.
  package init?(of address: IPAddress, in view: HostView) {
    for eni in view.enis {
      let own = eni.addresses.map(\.address)
      let mapped = eni.elasticIPs.first { $0.value == address }?.key
      guard let found = own.contains(address) ? address : mapped else { continue }
      self.view = view
      self.eni = eni
      self.address = found
      return
    }
    return nil
  }

  /// What the kernel has to be asked: about `destination`, or, with nil, about the internet and a host
  /// beside the other ENIs.
  package func questions(to destination: IPAddress?) -> [RouteLookup.Question] {
    destination.map { [RouteLookup.Question(from: address, to: $0)] }
      ?? ReplyQuestions(view).questions(from: address, of: eni)
  }

  /// The explanation of the kernel's answers.
  package func text(_ answers: [RouteLookup], _ style: Style) -> String {
    ([heading] + answers.map { paragraph($0, style) }).joined(separator: "\n")
  }

  private var heading: String {
    let what = [eni.id?.text, eni.slot?.description, eni.role == .primary ? "the primary" : nil]
    let elasticIP = eni.elasticIPs[address].map { ", Elastic IP \($0)" } ?? ""
    let beside = what.compactMap(\.self).joined(separator: ", ")
    return "\(address) is on \(eni.name) (\(beside))\(elasticIP).\n"
  }

  private func paragraph(_ answer: RouteLookup, _ style: Style) -> String {
    let isSymmetric = answer.link == eni.link?.index || answer.outcome == .isLocal
    let way =
      isSymmetric
      ? "the ENI that the request came in by" : "not the ENI that the request came in by"
    let meaning: Style.Meaning = isSymmetric ? .good : .bad
    let verdict =
      answer.outcome == .isLocal
      ? "A reply to \(answer.question.destination) stays on this host."
      : "A reply to \(answer.question.destination) \(leaving(answer)): \(way)."
    let walk = RuleWalk(answer.question, view.kernel)
    var lines = [style(verdict, meaning), "  \(answer.question)"]
    if answer.outcome != .isLocal {
      lines += walk.steps.flatMap(step)
      if walk.taken?.route.table != answer.table {
        lines.append(
          "  The kernel says table \(answer.table?.description ?? "none"): a rule decides that looks at more than"
        )
        lines.append("  source and destination, or refuses; see `ip rule`.")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func leaving(_ answer: RouteLookup) -> String {
    guard case .leaves(let index, let gateway) = answer.outcome else { return "is not sent" }
    let link = name(of: index)
    return "leaves by \(link)" + (gateway.map { " to the router \($0)" } ?? ", without a router")
  }

  private func name(of link: Link.Index?) -> String {
    view.kernel.links.first { $0.index == link }?.name.text ?? "several links"
  }

  private func step(_ step: RuleWalk.Step) -> [String] {
    let consequence =
      switch step.verdict {
      case .noRoute: "table \(step.rule.table) has no route there: the next rule"
      case .tooShort(let route): "\(words(route)): no more than a default route, passed over"
      case .inGroup(let route):
        "\(words(route)): leaves by an ENI (group \(step.rule.suppressGroup.map { "\($0)" } ?? "")), passed over"
      case .taken(let route): "\(words(route)): taken"
      }
    return ["  ip rule: \(step.rule)", "    \(consequence)"]
  }

  private func words(_ route: KernelState.LinkRoute) -> String {
    let link = view.kernel.links.first { $0.index == route.link }?.name
    return link.map { "ip route: \(route.route.words($0))" }
      ?? "ip route: \(route.route.destination) by several links"
  }
}
