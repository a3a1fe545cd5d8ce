// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// Which facts about an ENI have become which lines, in the order of the plan.
package struct InterfaceExplanation {
  /// A fact, and the lines it has become.
  struct Item: Hashable {
    let fact: String
    let lines: [String]
  }

  private let eni: ENIView

  /// The explanation of `eni`.
  package init(_ eni: ENIView) { self.eni = eni }

  /// The explanation as text; a line that is not in force is marked.
  package func text(_ style: Style) -> String {
    let state = eni.state.word + (eni.state.reason.map { ": \($0)" } ?? "")
    let what = [eni.id?.text, eni.mac.description, eni.slot?.description].compactMap(\.self)
    var lines = [style("\(eni.name) (\(what.joined(separator: ", "))): \(state)", .heading)]
    guard let plan = eni.plan, let link = eni.link else {
      return (lines + [unplanned]).map { $0 + "\n" }.joined()
    }
    let missing = Set(
      eni.drift.compactMap { drift in
        if case .missing(let change) = drift { return "\(change)" }
        return nil
      }
    )
    for item in Self.items(plan, link) {
      lines.append(style(item.fact, .faint))
      lines += item.lines.map { line in
        missing.contains(line) ? style("  \(line)   (not in force)", .bad) : "  \(line)"
      }
    }
    lines.append(style("For the next boot it is written in", .faint))
    lines += eni.files.map { path in
      eni.drift.contains(.file(path)) ? style("  \(path)   (not as planned)", .bad) : "  \(path)"
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var unplanned: String {
    switch eni.role {
    case .primary: "The primary is left to the image: no name, table or rule is given to it."
    case .secondary, .unknown: "No line has come of it: \(eni.state.reason ?? eni.state.word)."
    }
  }

  static func items(_ plan: InterfacePlan, _ link: Link) -> [Item] {
    let slot = plan.interface.attachment
    let name = plan.name
    func route(_ route: Route) -> String { "\(Change.addRoute(route, link.index, name))" }
    func rule(_ rule: RoutingPolicyRule) -> String { "\(Change.addRule(rule))" }
    var items = [
      Item(
        fact: "IMDS: network-card \(slot.networkCard), device-number \(slot.deviceNumber)",
        lines: [
          "name \(name), table \(slot.table), rule priority \(slot.rulePriority)",
          "\(Change.addAlternativeName(slot.alternativeName, link.index, name))",
        ]
      ),
      Item(
        fact: "IMDS: interface-id \(plan.interface.id)",
        lines: ["\(Change.addAlternativeName(plan.interface.id.text, link.index, name))"]
      ),
    ]
    for family in plan.interface.families {
      let routes = plan.routes.filter { $0.destination.family == family.family }
      let key = family.family == .ipv4 ? "subnet-ipv4-cidr-block" : "subnet-ipv6-cidr-blocks"
      items.append(Item(fact: "IMDS: \(key) \(family.subnet)", lines: routes.map(route)))
      items += addresses(family, plan, link)
      items += family.delegatedPrefixes.map { prefix in
        Item(
          fact: "IMDS: \(family.family)-prefix \(prefix)",
          lines: plan.rules.filter { $0.source == prefix }.map(rule)
        )
      }
    }
    if let mtu = plan.mtu {
      items.append(
        Item(
          fact: "MTU= of eni-init.conf, or the primary's MTU",
          lines: ["\(Change.setMTU(mtu, link.index, name))"]
        )
      )
    }
    let shared = plan.rules.filter { $0.priority == .hostWide }
    items.append(Item(fact: "Every ENI, once for the host", lines: shared.map(rule)))
    let subnets = plan.rules.filter {
      $0.priority == .primary || $0.priority == slot.subnetPriority
    }
    items.append(Item(fact: "IMDS: the primary's subnet is another one", lines: subnets.map(rule)))
    let marks = plan.rules.filter { $0.mark != nil }
    items.append(Item(fact: "ContainerPorts=yes of eni-init.conf", lines: marks.map(rule)))
    return items.filter { !$0.lines.isEmpty }
  }

  private static func addresses(
    _ family: NetworkInterface.Addresses,
    _ plan: InterfacePlan,
    _ link: Link
  ) -> [Item] {
    let key = family.family == .ipv4 ? "local-ipv4s" : "ipv6s"
    return family.addresses.map { address in
      let prefixes = plan.addresses.filter { $0.address == address }
      let rules = plan.rules.filter { $0.source == address.hostPrefix }
      return Item(
        fact: "IMDS: \(key) \(address)",
        lines: prefixes.map { prefix in
          let change =
            plan.isDeprecated(prefix)
            ? Change.addDeprecatedAddress(prefix, link.index, plan.name)
            : .addAddress(prefix, link.index, plan.name)
          return "\(change)"
        } + rules.map { "\(Change.addRule($0))" }
      )
    }
  }
}
