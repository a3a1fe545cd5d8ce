// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// A plan as commands of ip(8), each without the word `ip`, for stacks that run such.
///
/// Of addresses and routes ip(8) sees the family, of rules it has to be told (`-6`).
///
/// `replace` where ip(8) has it, so that a second run changes nothing; a rule has no such verb.
struct IPCommands {
  /// Sets the MTU, which the kernel may refuse, before anything else; nil leaves the driver's.
  let mtu: String?
  /// Brings the link up.
  let link: String
  /// Addresses, of which none brings a route.
  let addresses: [String]
  /// The routes of the ENI's own table.
  let routes: [String]
  /// What adds a family's rules, the host-wide one first; refused where a rule is there already.
  let rules: [AddressFamily: [String]]
  /// What takes the ENI's own rules of a family away.
  let rulesDown: [AddressFamily: [String]]

  init(_ plan: InterfacePlan) {
    let name = plan.name
    mtu = plan.mtu.map { "link set dev \(name) mtu \($0)" }
    link = "link set dev \(name) up"
    addresses = plan.addresses.map {
      "address replace \(Self.words($0)) dev \(name)" + Self.lifetime(plan.isDeprecated($0))
    }
    routes = plan.routes.map { "route replace \($0.words(name))" }
    rules = Dictionary(grouping: plan.rules, by: \.family).mapValues { $0.map(Self.addition) }
    rulesDown = Dictionary(grouping: plan.rules, by: \.family).mapValues { rules in
      rules.filter { $0.table != .main }.map { "rule del \($0)" }
    }
  }

  /// The lines of a script that run commands in one process, which goes on when one is refused, as for a
  /// rule that is there already.
  static func batch(_ commands: [String], options: String = "") -> [String] {
    guard !commands.isEmpty else { return [] }
    return ["", "ip \(options)-force -batch - <<'END'"] + commands + ["END"]
  }

  /// What adds a rule.
  static func addition(of rule: RoutingPolicyRule) -> String {
    "rule add \(rule) protocol \(RouteProtocol.eniInit)"
  }

  /// What adds an address that stands alone.
  static func addition(of address: IPPrefix, to link: InterfaceName) -> String {
    "address replace \(address) dev \(link)" + lifetime(PrimaryPlan.isDeprecated(address))
  }

  private static func lifetime(_ isDeprecated: Bool) -> String {
    isDeprecated ? " preferred_lft 0" : ""
  }

  /// The addresses that a script's lines add so.
  static func addedAddresses(_ content: String) -> [IPPrefix] {
    content.split(separator: "\n").compactMap(addedAddress)
  }

  /// The address that such a command adds; nil for any other.
  static func addedAddress(_ command: Substring) -> IPPrefix? {
    let words = command.split(separator: " ")
    return [5, 7].contains(words.count) && words.starts(with: ["address", "replace"])
      ? IPPrefix(words[2]) : nil
  }

  private static func words(_ address: IPPrefix) -> String {
    var words = "\(address) noprefixroute"
    // The VPC has assigned it to this ENI alone (see AddressMessage in Rtnetlink).
    if address.family == .ipv6 { words += " nodad" }
    return words
  }
}
