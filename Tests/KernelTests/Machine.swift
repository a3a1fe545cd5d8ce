// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Rtnetlink
import TestSupport
import Testing

/// A machine whose devices the test plugs and whose kernel is under test.
protocol Machine: AnyObject {
  /// The kernel under test.
  var kernel: any KernelConfiguration { get }
  /// Adds a link that is down and has a carrier once it is up.
  func plug(_ name: InterfaceName) throws -> Link
  /// Adds a bridge with this MAC, which has `member` as its port.
  func bridge(_ name: InterfaceName, mac: MACAddress, member: Link) throws -> Link
  /// Takes the link away.
  func unplug(_ link: Link) throws
  /// Gives it an address for a time, as a DHCP client does.
  func lease(_ prefix: IPPrefix, to link: Link) throws
  /// Adds default routes of main with a source, an MTU, an expiry, and several next hops, by two links.
  func addDefaultRoutes(_ first: Link, _ second: Link) throws
  /// The default routes of main as a reader of the kernel sees them, without what passes with time.
  func shownDefaultRoutes() throws -> String
  /// Takes all default routes of main away.
  func removeDefaultRoutes() throws
  /// Disables IPv6 on it, or enables it again.
  func setIPv6(disabled: Bool, on link: Link) throws
}

/// The two kernels that the contract holds for.
enum Subject: String, CaseIterable, CustomTestStringConvertible {
  case fake = "the fake kernel"
  case real = "the real kernel"

  var testDescription: String { rawValue }

  /// A machine with `lo` alone.
  func machine() throws -> any Machine {
    switch self {
    case .fake: FakeMachine()
    case .real: try RealMachine()
    }
  }
}

/// The machine around ``FakeKernel``.
private final class FakeMachine: Machine {
  let fake = FakeKernel()
  var kernel: any KernelConfiguration { fake }

  func plug(_ name: InterfaceName) -> Link { fake.addLink(name, kind: "veth") }

  func bridge(_ name: InterfaceName, mac: MACAddress, member: Link) throws -> Link {
    let bridge = fake.addLink(name, mac: mac, kind: "bridge")
    try fake.enslave(member.index, to: bridge.index)
    return bridge
  }

  func unplug(_ link: Link) { fake.removeLink(link.index) }

  func lease(_ prefix: IPPrefix, to link: Link) throws { try fake.lease(prefix, to: link.index) }

  func addDefaultRoutes(_ first: Link, _ second: Link) throws {
    for (route, hops) in [
      (Example.route("0.0.0.0/0", via: "10.0.1.1", metric: 5, table: .main), [first]),
      (Example.route("0.0.0.0/0", metric: 6, table: .main), [first, second]),
      (Example.route("::/0", via: "fe80::1", metric: 7, table: .main), [first]),
    ] {
      try fake.add(
        SavedRoute(
          route: .init(link: hops.count == 1 ? first.index : nil, route: route),
          nextHops: hops.map { .init(link: $0.index, gateway: IPAddress("10.0.1.1")) },
          source: IPAddress("10.0.1.5"),
          octets: [1, 2, 3]
        )
      )
    }
  }

  func shownDefaultRoutes() throws -> String {
    "\(try fake.snapshot().savedRoutes.sorted { $0.description < $1.description })"
  }

  func removeDefaultRoutes() throws {
    for route in try fake.snapshot().savedRoutes { fake.remove(route) }
  }

  func setIPv6(disabled: Bool, on link: Link) throws {
    try fake.setIPv6(disabled: disabled, on: link.index)
  }
}
