// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import TestSupport
import Testing

@Suite("Rules left behind")
struct DanglingRulesTests {
  private func rule(_ source: String, _ number: UInt32) throws -> RoutingPolicyRule {
    .from(
      try #require(IPPrefix(source)),
      table: RouteTable(rawValue: number),
      priority: RulePriority(rawValue: number)
    )
  }

  private func route(_ table: UInt32) -> KernelState.LinkRoute {
    .init(
      link: Link.Index(7),
      route: Route(
        destination: .all(.ipv4),
        table: RouteTable(rawValue: table),
        protocol: .eniInit
      )
    )
  }

  @Test("a rule to a table without routes goes, and with the last those that all ENIs share")
  func last() throws {
    let dangling = try rule("10.0.1.10/32", 10_001)
    let state = KernelState(rules: [.hostWide(.ipv4), .hostWide(.ipv6), dangling])
    #expect(DanglingRules.find(in: state) == [dangling, .hostWide(.ipv4), .hostWide(.ipv6)])
    let undone = KernelState(rules: [.hostWide(.ipv4)])
    #expect(DanglingRules.find(in: undone) == [.hostWide(.ipv4)], "its own are gone already")
  }

  @Test("what leads to the subnet goes too, and with the last ENI what keeps the primary to main")
  func subnet() throws {
    let subnet = RoutingPolicyRule.to(
      try #require(IPPrefix("10.0.1.0/24")),
      table: RouteTable(rawValue: 10_001),
      priority: RulePriority(rawValue: 13_201)
    )
    let primary = RoutingPolicyRule.primary(
      try #require(IPPrefix("10.0.0.0/24")),
      to: try #require(IPPrefix("10.0.1.0/24"))
    )
    let rules = [.hostWide(.ipv4), try rule("10.0.1.10/32", 10_001), primary, subnet]
    #expect(Set(DanglingRules.find(in: KernelState(rules: rules))) == Set(rules))
    let live = KernelState(routes: [route(10_001)], rules: rules)
    #expect(DanglingRules.find(in: live).isEmpty)
  }

  private func subnet(_ text: String, _ ordinal: UInt32) throws -> RoutingPolicyRule {
    .to(
      try #require(IPPrefix(text)),
      table: RouteTable(rawValue: 10_000 + ordinal),
      priority: RulePriority(rawValue: 13_200 + ordinal)
    )
  }

  @Test("what keeps the primary's replies to a subnet in main goes with the last ENI in the subnet")
  func keepRule() throws {
    let source = try #require(IPPrefix("10.0.0.0/24"))
    let gone = RoutingPolicyRule.primary(source, to: try #require(IPPrefix("10.0.1.0/24")))
    let kept = RoutingPolicyRule.primary(source, to: try #require(IPPrefix("10.0.2.0/24")))
    let rules = [gone, kept, try subnet("10.0.1.0/24", 1), try subnet("10.0.2.0/24", 2)]
    let state = KernelState(routes: [route(10_002)], rules: rules)
    #expect(DanglingRules.find(in: state) == [rules[2], gone])
    let both = KernelState(routes: [route(10_001), route(10_002)], rules: rules)
    #expect(DanglingRules.find(in: both).isEmpty)
    let shared = [gone, try subnet("10.0.1.0/24", 1), try subnet("10.0.1.0/24", 3)]
    let other = KernelState(routes: [route(10_003)], rules: shared)
    #expect(DanglingRules.find(in: other) == [shared[1]], "another ENI is in that subnet")
  }

  @Test("the rule of an earlier version goes once each subnet has its own, and not before")
  func formerRule() throws {
    let source = try #require(IPPrefix("10.0.0.0/24"))
    let former = RoutingPolicyRule.from(source, table: .main, priority: .primary)
    let first = RoutingPolicyRule.primary(source, to: try #require(IPPrefix("10.0.1.0/24")))
    let second = RoutingPolicyRule.primary(source, to: try #require(IPPrefix("10.0.2.0/24")))
    let subnets = [try subnet("10.0.1.0/24", 1), try subnet("10.0.2.0/24", 2)]
    let routes = [route(10_001), route(10_002)]
    for own in [[], [first], [second]] {
      let state = KernelState(routes: routes, rules: [former] + own + subnets)
      #expect(DanglingRules.find(in: state).isEmpty, "\(own)")
    }
    let replaced = KernelState(routes: routes, rules: [former, first, second] + subnets)
    #expect(DanglingRules.find(in: replaced) == [former])
    #expect(DanglingRules.find(in: KernelState(rules: [former])) == [former])
  }

  @Test("the host-wide rule stays while another ENI needs it")
  func another() throws {
    let dangling = try rule("10.0.1.10/32", 10_001)
    let state = KernelState(
      routes: [route(10_002)],
      rules: [.hostWide(.ipv4), dangling, try rule("10.0.2.10/32", 10_002)]
    )
    #expect(DanglingRules.find(in: state) == [dangling])
  }

  @Test("other people's rules are never ours, empty tables or not")
  func foreign() throws {
    let elsewhere = RoutingPolicyRule.from(
      try #require(IPPrefix("10.0.1.10/32")),
      table: RouteTable(rawValue: 10_001),
      priority: RulePriority(rawValue: 32_765)
    )
    let toSubnet = RoutingPolicyRule.to(
      try #require(IPPrefix("10.0.1.0/24")),
      table: RouteTable(rawValue: 10_001),
      priority: RulePriority(rawValue: 13_202)
    )
    let state = KernelState(rules: [elsewhere, try rule("10.0.1.10/32", 201), toSubnet])
    #expect(DanglingRules.find(in: state).isEmpty)
  }
}
