// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Rtnetlink
import Testing

/// All tests that change a kernel's network configuration: one at a time, since there is one.
@Suite("Kernel", .serialized)
enum KernelSuite {}

/// The names and addresses that the tests use.
enum Example {
  static let nic1 = literal(InterfaceName("nic1"))
  static let nic2 = literal(InterfaceName("nic2"))
  static let table = RouteTable(rawValue: 10_001)
  static let priority = RulePriority(rawValue: 10_001)

  static func prefix(_ text: String) -> IPPrefix { literal(IPPrefix(text)) }

  static func route(
    _ destination: String,
    via gateway: String? = nil,
    metric: UInt32 = 0,
    table: RouteTable = table
  ) -> Route {
    Route(
      destination: prefix(destination),
      gateway: gateway.map { literal(IPAddress($0)) },
      table: table,
      metric: metric,
      protocol: .eniInit
    )
  }

  static func rule(from source: String) -> RoutingPolicyRule {
    .from(prefix(source), table: table, priority: priority)
  }

  static func rule(to subnet: String) -> RoutingPolicyRule {
    .to(prefix(subnet), table: table, priority: .primary)
  }

  static func keepRule(_ source: String, to subnet: String) -> RoutingPolicyRule {
    .primary(prefix(source), to: prefix(subnet))
  }

  static func markRule(_ family: AddressFamily) -> RoutingPolicyRule {
    RoutingPolicyRule(
      family: family,
      priority: .primary,
      mark: PacketMark(value: 0x1_0000, mask: PacketMark.eniMask),
      table: table
    )
  }

  private static func literal<Value>(_ value: Value?) -> Value {
    guard let value else { preconditionFailure("a test's literal does not parse") }
    return value
  }
}

extension KernelState {
  /// The prefixes on a link.
  func prefixes(on link: Link) -> [IPPrefix] {
    addresses.filter { $0.link == link.index }.map(\.prefix)
  }

  /// The routes by a link.
  func routes(by link: Link) -> [Route] {
    routes.filter { $0.link == link.index }.map(\.route)
  }

  /// The rules that are not the kernel's own.
  var addedRules: [RoutingPolicyRule] {
    rules.filter { RulePriority.reserved.contains($0.priority) }
  }
}

extension Link {
  var up: Change { .setUp(index, name) }
  var down: Change { .setDown(index, name) }

  func rename(_ new: InterfaceName) -> Change { .rename(index, from: name, to: new) }

  func add(_ prefix: String) -> Change { .addAddress(Example.prefix(prefix), index, name) }

  func remove(_ prefix: String) -> Change {
    .removeAddress(Example.prefix(prefix), index, name)
  }

  func add(_ route: Route) -> Change { .addRoute(route, index, name) }

  func remove(_ route: Route) -> Change { .removeRoute(route, index, name) }
}

/// Expects that the kernel refuses the change with this code and that the error names the change.
func expectRefusal(
  _ code: Int32,
  of change: Change,
  by kernel: any KernelConfiguration,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  do {
    try kernel.apply(change)
    Issue.record("`\(change)` was not refused", sourceLocation: sourceLocation)
  } catch {
    guard case .refused(.change(change), code, _) = error else {
      Issue.record("`\(change)` failed otherwise: \(error)", sourceLocation: sourceLocation)
      return
    }
    #expect("\(error)".contains("\(change)"), sourceLocation: sourceLocation)
  }
}
