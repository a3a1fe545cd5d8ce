// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel
import Rtnetlink
import TestSupport
import Testing

extension KernelSuite {
  /// A part of the routes is read as the whole has it.
  @Suite("Routes of a scope")
  struct RouteScopeTests {
    @Test(
      "the routes of an ENI are those of its table and of main, whatever else there is",
      arguments: Subject.allCases
    )
    func scope(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      let other = RouteTable(rawValue: 51_820)
      let routes = [
        Example.route("10.0.1.0/24"), Example.route("0.0.0.0/0", via: "10.0.1.1"),
        Example.route("2600:1::/64", metric: 1024),
        Example.route("10.0.1.0/24", table: .main), Example.route("10.7.0.0/16", table: other),
      ]
      try machine.kernel.apply([link.up] + routes.map { link.add($0) })
      let named = RouteScope.enis(tables: [Example.table], macs: [])
      let expected = Set(routes.filter { $0.table != other })
      #expect(Set(try machine.kernel.snapshot(named).routes(by: link)) == expected)
      let unnamed = RouteScope.enis(tables: [], macs: [])
      #expect(
        try machine.kernel.snapshot(unnamed).routes(by: link).map(\.table) == [.main],
        "a table that nothing mentions"
      )
      try machine.kernel.apply(.addRule(Example.rule(from: "10.0.1.5/32")))
      #expect(Set(try machine.kernel.snapshot(unnamed).routes(by: link)) == expected)
      #expect(Set(try machine.kernel.snapshot().routes(by: link)) == Set(routes))
      let absent = RouteScope.enis(tables: [RouteTable(rawValue: 10_077)], macs: [])
      #expect(Set(try machine.kernel.snapshot(absent).routes(by: link)) == expected)
    }

    @Test("of a router's main table only the default routes and what concerns an ENI are kept")
    func router() throws {
      let machine = try RealMachine()
      let (primary, link) = (try machine.plug(Example.nic2), try machine.plug(Example.nic1))
      // The mark of udev's rule: a veth pair is no ENI without it.
      try machine.kernel.apply([
        primary.up, link.up, .setGroup(.eni, link.index, link.name),
      ])
      let directory = try TemporaryRoot()
      for (option, prefix) in [("-4", "198.%d.%d.0/24"), ("-6", "2001:db8:%x%02x::/48")] {
        let lines = (0..<3000).map { number in
          let destination = String(format: prefix, number / 256, number % 256)
          return "route add \(destination) dev nic2 proto bird\n"
        }
        try directory.write(lines.joined(), to: "/routes")
        try machine.ip("\(option) -batch \(directory.path)/routes")
      }
      for (family, gateway) in [("-4", "10.0.0.1"), ("-6", "fe80::1")] {
        for metric in [100, 200] {
          let rest = "via \(gateway) dev nic2 onlink metric \(metric) proto dhcp"
          try machine.ip("\(family) route add default \(rest)")
        }
      }
      try machine.ip("-4 route add 10.0.1.0/24 dev nic1 proto dhcp")
      try machine.ip("-6 route add 2600:1::/64 dev nic1 proto ra")
      try machine.lease(Example.prefix("10.0.1.5/24"), to: link)
      let mac = try #require(link.mac)
      let scope = RouteScope.enis(tables: [], macs: [mac])
      let (all, part) = (try machine.kernel.snapshot(), try machine.kernel.snapshot(scope))
      #expect(part.mainDefaultRoutes == all.mainDefaultRoutes)
      #expect(part.mainDefaultRoutes.count == 4)
      #expect(Set(part.routes(by: link)) == Set(all.routes(by: link)))
      #expect(part.routes.count < 10, "\(part.routes)")
      #expect(all.routes.count > 6000)
      #expect(try machine.kernel.snapshot(scope) == part, "the socket has no rest of a list")
    }
  }
}
