// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import NetworkModel
import Rtnetlink
import Testing

extension KernelSuite {
  /// What only the real kernel can show.
  @Suite("The real kernel")
  struct RealKernelTests {
    @Test("rules that say more than ours can are not seen, so that they are never taken for ours")
    func foreignRules() throws {
      let machine = try RealMachine()
      let rest = "from 10.0.1.5 lookup 10001"
      // Each at a priority of its own: for some of these the kernel sees no difference (EEXIST).
      let rules = [
        "\(rest) fwmark 1", "\(rest) fwmark 0/0xff", "\(rest) iif lo0", "\(rest) oif lo",
        "\(rest) ipproto tcp", "\(rest) sport 22", "\(rest) dport 80-90",
        "\(rest) uidrange 0-0", "\(rest) tos 0x10", "\(rest) realms 3", "not \(rest)",
        "\(rest) suppress_prefixlength 999", "from 10.0.1.5 l3mdev", "from 10.0.1.5 blackhole",
        "from 10.0.1.5 goto 32766",
      ]
      for (number, rule) in rules.enumerated() {
        try machine.ip("rule add priority \(10_001 + number) \(rule)")
      }
      #expect(try machine.kernel.snapshot().addedRules.isEmpty)
      #expect(try machine.list("-4 rule show").count == 3 + rules.count)
    }

    @Test("a route is looked up as ip(8) looks it up, in both families, and no way is an answer")
    func lookUp() throws {
      let machine = try RealMachine()
      let socket = try RouteSocket()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply([link.up, link.add("10.0.1.5/24"), link.add("2600:1::5/64")])
      for (family, source, destination, router) in [
        ("-4", "10.0.1.5", "192.0.2.1", "10.0.1.1"), ("-6", "2600:1::5", "2001:db8::1", "fe80::1"),
      ] {
        let question = RouteLookup.Question(
          from: IPAddress(source),
          to: try #require(IPAddress(destination))
        )
        let none = try socket.lookUp(question)
        #expect(none.outcome == .isRefused && none.table == nil, "\(none)")
        try machine.ip("\(family) route add default via \(router) dev nic1 onlink table 10001")
        try machine.ip("\(family) rule add from \(source) lookup 10001")
        let found = try socket.lookUp(question)
        #expect(found.outcome == .leaves(link.index, gateway: IPAddress(router)), "\(found)")
        #expect(found.table == RouteTable(rawValue: 10_001))
        try machine.ip("\(family) route replace blackhole default table 10001")
        #expect(try socket.lookUp(question).link == nil)
        // It has no link with which it would go.
        try machine.ip("\(family) route flush table 10001")
        let local = RouteLookup.Question(from: nil, to: try #require(IPAddress(source)))
        #expect(try socket.lookUp(local).outcome == .isLocal)
      }
    }

    @Test("a rule in whose place the kernel sees a foreign one is refused, not taken for that one")
    func rivalRule() throws {
      let machine = try RealMachine()
      try machine.ip("rule add priority 10001 from 10.0.1.5 lookup 10001 realms 3 protocol 169")
      expectRefusal(
        EEXIST,
        of: .addRule(Example.rule(from: "10.0.1.5/32")),
        by: machine.kernel
      )
    }

    @Test("rules that others added are removed, whatever protocol they are marked with")
    func rulesOfOthers() throws {
      let machine = try RealMachine()
      try machine.ip("rule add priority 10001 from 10.0.1.5 lookup 10001 protocol static")
      try machine.kernel.apply(.removeRule(Example.rule(from: "10.0.1.5/32")))
      #expect(try machine.kernel.snapshot().addedRules.isEmpty)
    }

    @Test("an IPv6 address can be used at once")
    func noDuplicateDetection() throws {
      let machine = try RealMachine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply([link.up, link.add("2600:1::5/64"), link.add("2600:1::6/128")])
      let shown = try machine.list("-6 address show dev nic1 tentative")
      let tentative = shown.flatMap { $0["addr_info"] as? [[String: Any]] ?? [] }
      #expect(!tentative.contains { "\($0["local"] ?? "")".hasPrefix("2600:") })
    }

    /// As when router advertisements come by two ENIs.
    @Test("IPv6 routes that the kernel shows as one come and go alone, each with its link")
    func mergedRoutes() throws {
      let machine = try RealMachine()
      let links = [try machine.plug(Example.nic1), try machine.plug(Example.nic2)]
      try machine.kernel.apply(links.map(\.up))
      let route = Route(
        destination: .all(.ipv6),
        gateway: IPAddress("fe80:ec2::1"),
        table: .main,
        metric: 1024,
        protocol: .routerAdvertisement
      )
      for link in links {
        try machine.ip(
          "-6 route append default via fe80:ec2::1 dev \(link.name) metric 1024 proto ra"
        )
      }
      let shown = { try machine.kernel.snapshot().mainDefaultRoutes }
      #expect(try shown() == Set(links.map { .init(link: $0.index, route: route) }))
      try machine.kernel.apply(.removeRoute(route, links[1].index, links[1].name))
      #expect(try shown() == [.init(link: links[0].index, route: route)])
    }

    @Test("IPv4 routes with several next hops have no link; blackholes and clones are left out")
    func unusualRoutes() throws {
      let machine = try RealMachine()
      let (first, second) = (try machine.plug(Example.nic1), try machine.plug(Example.nic2))
      try machine.kernel.apply([first.up, second.up, first.add("10.0.1.5/24")])
      try machine.ip("route add 10.8.0.0/16 table 10001 nexthop dev nic1 nexthop dev nic2")
      let hops = "nexthop via fe80::1 dev nic1 nexthop via fe80::1 dev nic2"
      try machine.ip("-6 route add 2600:8::/32 table 10001 \(hops)")
      try machine.ip("route add blackhole 10.7.0.0/16 table 10001")
      try machine.ip("-6 route add unreachable 2600:7::/32 table 10001")
      let state = try machine.kernel.snapshot()
      let several = state.routes.filter { $0.link == nil }
      #expect(several.map(\.route.destination.description) == ["10.8.0.0/16"])
      let parts = state.routes.filter { $0.route.destination.description == "2600:8::/32" }
      #expect(parts.map(\.link) == [first.index, second.index])
      #expect(!state.routes.contains { $0.route.destination.description.contains(":7::") })
      #expect(!state.routes.contains { $0.route.destination.description == "10.7.0.0/16" })
    }

    @Test("an IPv4 route by an IPv6 gateway is added, seen and removed")
    func gatewayOfTheOtherFamily() throws {
      let machine = try RealMachine()
      let link = try machine.plug(Example.nic1)
      let route = Example.route("0.0.0.0/0", via: "fe80:ec2::1")
      try machine.kernel.apply([link.up, link.add(route)])
      #expect(try machine.kernel.snapshot().routes(by: link) == [route])
      try machine.kernel.apply(link.remove(route))
      #expect(try machine.kernel.snapshot().routes(by: link).isEmpty)
    }

    @Test("a link without IPv6 refuses an IPv6 address and the error says where to look")
    func ipv6Disabled() throws {
      let machine = try RealMachine()
      let link = try machine.plug(Example.nic1)
      try Data("1".utf8).write(
        to: URL(fileURLWithPath: "/proc/sys/net/ipv6/conf/nic1/disable_ipv6")
      )
      #expect {
        try machine.kernel.apply(link.add("2600:1::5/64"))
      } throws: {
        "\($0)".hasSuffix(
          "the kernel says “ipv6: IPv6 is disabled on this device”; check"
            + " net.ipv6.conf.*.disable_ipv6"
        )
      }
    }
  }
}
