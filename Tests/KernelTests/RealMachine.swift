// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel
import Rtnetlink
import Testing

/// The network namespace that the test process runs in, emptied; veth pairs are its devices.
///
/// Namespaces are per thread and tests run on a pool of threads, so the whole process must have
/// been started in one of its own.
final class RealMachine: Machine {
  /// Why the namespace must not be touched; nil when it is private.
  ///
  /// Decided once, before any test has plugged anything.
  private static let refusal: String? = {
    guard let links = try? RouteSocket().links() else { return "the links cannot be listed" }
    let others = links.map(\.name.text).filter { $0 != "lo" }
    guard !others.isEmpty else { return nil }
    return "this network namespace is in use (\(others.joined(separator: ", "))) and the test would"
      + " empty it; run `unshare --net swift test --filter KernelTests` as root"
  }()

  private let socket: RouteSocket
  var kernel: any KernelConfiguration { socket }

  init() throws {
    if let refusal = Self.refusal { throw CommandFailure(text: refusal) }
    socket = try RouteSocket()
    // No link-local addresses, which the kernel would make up in its own time.
    try Data("1".utf8).write(
      to: URL(fileURLWithPath: "/proc/sys/net/ipv6/conf/default/addr_gen_mode")
    )
    for link in try socket.links() where link.name.text != "lo" {
      // The other end of a pair is gone with the first.
      _ = try? ip("link del dev \(link.name)")
    }
    for family in ["-4", "-6"] {
      // One flush deletes while it lists, and skips some of very many.
      while try list("\(family) rule show").count > 1 { try ip("\(family) rule flush") }
      try ip("\(family) rule add priority 32766 lookup main")
    }
    try ip("-4 rule add priority 32767 lookup default")
  }

  func plug(_ name: InterfaceName) throws -> Link {
    try ip("link add name \(name) type veth peer name \(name)-peer")
    try ip("link set dev \(name)-peer up")
    return try #require(try socket.links().first { $0.name == name })
  }

  func bridge(_ name: InterfaceName, mac: MACAddress, member: Link) throws -> Link {
    try ip("link add name \(name) address \(mac) type bridge")
    try ip("link set dev \(member.name) master \(name)")
    return try #require(try socket.links().first { $0.name == name })
  }

  func unplug(_ link: Link) throws { try ip("link del dev \(link.name)") }

  func lease(_ prefix: IPPrefix, to link: Link) throws {
    try ip("address add \(prefix) dev \(link.name) noprefixroute valid_lft 900 preferred_lft 900")
  }

  func addDefaultRoutes(_ first: Link, _ second: Link) throws {
    let (one, two) = (first.name, second.name)
    try ip(
      "route add default via 10.0.1.1 dev \(one) metric 5 proto dhcp src 10.0.1.5 mtu lock 1400 advmss 1300 onlink"
    )
    try ip(
      "route add default metric 6 proto static src 10.0.1.5 nexthop via 10.0.1.1 dev \(one) weight 3 "
        + "nexthop via 10.0.2.1 dev \(two) weight 7 onlink"
    )
    try ip(
      "-6 route add default via fe80::1 dev \(one) metric 7 proto ra mtu 1400 pref high expires 900"
    )
    try ip("-6 route add default via fe80::2 dev \(one) metric 8 src 2600:1::5")
    try ip(
      "-6 route add default metric 9 proto ra nexthop via fe80::1 dev \(one) weight 2 nexthop via fe80::1 dev \(two)"
    )
    try ip("nexthop add id 77 via 10.0.1.1 dev \(one)")
    try ip("route add default metric 10 nhid 77")
  }

  func shownDefaultRoutes() throws -> String {
    try ["-4", "-6"].map { family in
      let text = String(
        decoding: try ip("\(family) -d route show table main default"),
        as: UTF8.self
      )
      return text.replacing(/expires \d+sec/, with: "expires")
    }.joined()
  }

  func removeDefaultRoutes() throws {
    for metric in [5, 6, 10] { try ip("-4 route del default metric \(metric)") }
    for metric in [7, 8, 9] { try ip("-6 route del default metric \(metric)") }
  }

  func setIPv6(disabled: Bool, on link: Link) throws {
    try Data((disabled ? "1" : "0").utf8).write(
      to: URL(fileURLWithPath: "/proc/sys/net/ipv6/conf/\(link.name)/disable_ipv6")
    )
  }

  /// Runs iproute2 and returns what it printed.
  @discardableResult
  func ip(_ words: String) throws -> Data { Data(try Iproute2.run(words)) }

  /// What `ip -j` prints, as a list of objects.
  func list(_ arguments: String) throws -> [[String: Any]] {
    let printed = try ip("-j \(arguments)")
    return try #require(
      try JSONSerialization.jsonObject(with: printed) as? [[String: Any]],
      "ip -j \(arguments)"
    )
  }
}
