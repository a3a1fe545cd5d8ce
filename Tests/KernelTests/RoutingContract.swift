// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel
import Rtnetlink
import Testing

extension KernelSuite {
  /// What holds for addresses, routes and rules, whichever kernel it is.
  @Suite("Addresses, routes and rules")
  struct RoutingContract {
    @Test(
      "IPv4 addresses keep their order, the latest IPv6 address is the first",
      arguments: Subject.allCases
    )
    func order(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply([
        link.up, link.add("10.0.1.5/24"), link.add("10.0.1.200/32"),
        link.add("10.0.1.6/32"), link.add("2600:1::9/64"), link.add("2600:1::5/128"),
        link.add("2600:1::7/128"),
      ])
      let expected = [
        "10.0.1.5/24", "10.0.1.200/32", "10.0.1.6/32", "2600:1::7/128", "2600:1::5/128",
        "2600:1::9/64",
      ]
      #expect(try machine.kernel.snapshot().prefixes(on: link).map(\.description) == expected)
    }

    @Test("an address brings no route, whatever its length", arguments: Subject.allCases)
    func noSubnetRoute(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply([
        link.up, link.add("10.0.1.5/24"), link.add("10.0.1.6/32"), link.add("2600:1::5/64"),
        link.add("2600:1::6/128"),
      ])
      #expect(try machine.kernel.snapshot().routes(by: link).isEmpty)
      #expect(try machine.kernel.snapshot().prefixes(on: link).count == 4)
    }

    @Test(
      "an address is added deprecated, or becomes so, and has no end",
      arguments: Subject.allCases
    )
    func deprecated(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply(link.up)
      let addresses = ["2600:1::5/64", "2600:1::6/64"].map(Example.prefix)
      let marks = addresses.map { KernelState.LinkAddress(link: link.index, prefix: $0) }
      try machine.kernel.apply([
        .addAddress(addresses[0], link.index, link.name),
        .addDeprecatedAddress(addresses[1], link.index, link.name),
      ])
      #expect(try machine.kernel.snapshot().deprecated == [marks[1]])
      try machine.kernel.apply([
        .deprecateAddress(addresses[0], link.index, link.name),
        .keepAddress(addresses[1], link.index, link.name),
      ])
      let after = try machine.kernel.snapshot()
      #expect(after.deprecated == [marks[0]])
      #expect(after.leases.isEmpty)
      #expect(Set(marks).isSubset(of: after.addresses))
    }

    @Test("an address that is leased is kept for ever, in its place", arguments: Subject.allCases)
    func lease(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply(link.up)
      let leases = ["10.0.1.5/24", "2600:1::5/128"].map(Example.prefix)
      for lease in leases { try machine.lease(lease, to: link) }
      try machine.kernel.apply([link.add("10.0.1.6/32")])
      let before = try machine.kernel.snapshot()
      #expect(before.leases == Set(leases.map { .init(link: link.index, prefix: $0) }))
      try machine.kernel.apply(leases.map { .keepAddress($0, link.index, link.name) })
      let after = try machine.kernel.snapshot()
      #expect(after.leases.isEmpty)
      #expect(after.addresses == before.addresses)
      #expect(after.routes(by: link).isEmpty)
    }

    @Test(
      "routes of an ENI's table, both families, added twice and removed twice",
      arguments: Subject.allCases
    )
    func routes(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      let ipv4 = [Example.route("10.0.1.0/24"), Example.route("0.0.0.0/0", via: "10.0.1.1")]
      let ipv6 = [Example.route("2600:1::/64"), Example.route("::/0", via: "fe80:ec2::1")]
      try machine.kernel.apply(link.up)
      for _ in 1...2 { try machine.kernel.apply((ipv4 + ipv6).map { link.add($0) }) }
      let found = try machine.kernel.snapshot().routes(by: link)
      let stored = [
        Example.route("2600:1::/64", metric: 1024),
        Example.route("::/0", via: "fe80:ec2::1", metric: 1024),
      ]
      #expect(Set(found) == Set(ipv4 + stored))
      #expect(found.count == 4)
      for _ in 1...2 { try machine.kernel.apply((ipv4 + ipv6).map { link.remove($0) }) }
      #expect(try machine.kernel.snapshot().routes(by: link).isEmpty)
    }

    @Test(
      "default routes of main that are gone are given back with all of their properties",
      arguments: Subject.allCases
    )
    func restored(_ subject: Subject) throws {
      let machine = try subject.machine()
      let (first, second) = (try machine.plug(Example.nic1), try machine.plug(Example.nic2))
      try machine.kernel.apply([
        first.up, second.up, first.add("10.0.1.5/24"), second.add("10.0.2.5/24"),
        first.add("2600:1::5/64"), first.add(Example.route("10.0.1.0/24", table: .main)),
        second.add(Example.route("10.0.2.0/24", table: .main)),
      ])
      try machine.addDefaultRoutes(first, second)
      let before = try machine.kernel.snapshot()
      #expect(Set(before.savedRoutes.flatMap(\.parts)) == before.mainDefaultRoutes)
      #expect(before.savedRoutes.contains { $0.nextHops.count == 2 })
      let shown = try machine.shownDefaultRoutes()
      try machine.removeDefaultRoutes()
      let emptied = try machine.kernel.snapshot()
      #expect(emptied.mainDefaultRoutes.isEmpty && emptied.savedRoutes.isEmpty)

      let other = try #require(Link.Index(1))
      let changes = before.restoringDefaultRoutes(in: emptied, besides: other)
      #expect(changes.count == before.savedRoutes.count)
      for _ in 1...2 { try machine.kernel.apply(changes) }
      let after = try machine.kernel.snapshot()
      #expect(after.mainDefaultRoutes == before.mainDefaultRoutes)
      #expect(
        Set(after.savedRoutes.map(\.description)) == Set(before.savedRoutes.map(\.description))
      )
      #expect(try machine.shownDefaultRoutes() == shown)
      #expect(before.restoringDefaultRoutes(in: after, besides: other).isEmpty)
    }

    @Test(
      "a route whose place another holds is refused, not taken for the other",
      arguments: Subject.allCases
    )
    func rivalRoute(_ subject: Subject) throws {
      let machine = try subject.machine()
      let (first, second) = (try machine.plug(Example.nic1), try machine.plug(Example.nic2))
      let rivals = [
        (Example.route("0.0.0.0/0", via: "10.0.1.1"), Example.route("0.0.0.0/0", via: "10.0.1.2")),
        (Example.route("::/0", via: "fe80::1"), Example.route("::/0", via: "fe80::2")),
      ]
      try machine.kernel.apply([first.up, second.up, first.add(Example.route("10.0.1.0/24"))])
      for (route, rival) in rivals {
        try machine.kernel.apply(first.add(route))
        expectRefusal(EEXIST, of: first.add(rival), by: machine.kernel)
      }
      expectRefusal(EEXIST, of: second.add(Example.route("10.0.1.0/24")), by: machine.kernel)
    }

    @Test(
      "an IPv6 address with another length is refused, not taken for the other",
      arguments: Subject.allCases
    )
    func rivalAddress(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply([link.add("2600:1::5/128"), link.add("10.0.1.5/32")])
      expectRefusal(EEXIST, of: link.add("2600:1::5/64"), by: machine.kernel)
      try machine.kernel.apply(link.add("10.0.1.5/24"))
    }

    @Test("addresses are added twice and removed twice", arguments: Subject.allCases)
    func addresses(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      let all = ["10.0.1.5/24", "10.0.1.6/32", "2600:1::5/64", "2600:1::6/128"]
      for _ in 1...2 { try machine.kernel.apply(all.map { link.add($0) }) }
      #expect(try machine.kernel.snapshot().prefixes(on: link).count == 4)
      for _ in 1...2 { try machine.kernel.apply(all.map { link.remove($0) }) }
      #expect(try machine.kernel.snapshot().prefixes(on: link).isEmpty)
    }

    @Test(
      "what was on a link that is gone is removed without complaint",
      arguments: Subject.allCases
    )
    func removalAfterUnplugging(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.unplug(link)
      try machine.kernel.apply([
        link.remove("10.0.1.5/24"), link.remove("2600:1::5/64"),
        link.remove(Example.route("10.0.1.0/24")), link.remove(Example.route("2600:1::/64")),
        link.remove(Example.route("::/0", via: "fe80:ec2::1")),
      ])
    }

    @Test(
      "a gateway that is not on the link is refused, and so is a link that is down",
      arguments: Subject.allCases
    )
    func unreachableGateway(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      expectRefusal(ENETDOWN, of: link.add(Example.route("10.0.1.0/24")), by: machine.kernel)
      expectRefusal(ENETDOWN, of: link.add(Example.route("2600:1::/64")), by: machine.kernel)
      try machine.kernel.apply(link.up)
      let ipv4 = link.add(Example.route("0.0.0.0/0", via: "10.9.9.9"))
      expectRefusal(ENETUNREACH, of: ipv4, by: machine.kernel)
      let ipv6 = link.add(Example.route("::/0", via: "2600:9::1"))
      expectRefusal(EHOSTUNREACH, of: ipv6, by: machine.kernel)
      expectRefusal(EINVAL, of: link.add(Example.route("10.0.1.5/24")), by: machine.kernel)
    }

    @Test(
      "rules of both families, the host-wide one first, added and removed twice",
      arguments: Subject.allCases
    )
    func rules(_ subject: Subject) throws {
      let machine = try subject.machine()
      let rules = [
        RoutingPolicyRule.hostWide(.ipv4), Example.rule(from: "10.0.1.5/32"),
        Example.rule(from: "10.0.1.16/28"), Example.keepRule("10.0.0.0/24", to: "10.0.1.0/24"),
        Example.rule(to: "10.0.1.0/24"), Example.markRule(.ipv4), .hostWide(.ipv6),
        Example.rule(from: "2600:1::5/128"),
        Example.rule(from: "2600:1:0:0:1::/80"), Example.keepRule("2600::/64", to: "2600:1::/64"),
        Example.rule(to: "2600:1::/64"), Example.markRule(.ipv6),
      ]
      for _ in 1...2 { try machine.kernel.apply(rules.map(Change.addRule)) }
      #expect(try machine.kernel.snapshot().addedRules == rules)
      #expect(try machine.kernel.snapshot().rules.count == rules.count + 5, "the kernel's own")
      for _ in 1...2 { try machine.kernel.apply(rules.map(Change.removeRule)) }
      #expect(try machine.kernel.snapshot().addedRules.isEmpty)
    }

    @Test("five hundred rules are listed whole and in order", arguments: Subject.allCases)
    func manyRules(_ subject: Subject) throws {
      let machine = try subject.machine()
      let rules = (1...500).map { number in
        Example.rule(from: "10.\(number / 250).\(number % 250).5/32")
      }
      try machine.kernel.apply(rules.map(Change.addRule))
      #expect(try machine.kernel.snapshot().addedRules == rules)
      try machine.kernel.apply(rules.map(Change.removeRule))
      #expect(try machine.kernel.snapshot().addedRules.isEmpty)
    }

    @Test(
      "a list of changes stops at the first refusal and keeps what came before",
      arguments: Subject.allCases
    )
    func firstRefusal(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      let wrong = Change.setMTU(1, link.index, link.name)
      #expect {
        try machine.kernel.apply([link.add("10.0.1.5/24"), wrong, link.up])
      } throws: {
        guard case .refused(.change(wrong), EINVAL, let text) = $0 as? RtnetlinkError else {
          return false
        }
        return text == "mtu less than device minimum"
      }
      let state = try machine.kernel.snapshot()
      #expect(state.prefixes(on: link) == [Example.prefix("10.0.1.5/24")])
      #expect(state.links.first { $0.index == link.index }?.isUp == false)
    }
  }
}
