// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Rtnetlink
import Testing

extension KernelSuite {
  /// The monitor, on the real kernel.
  @Suite("Monitor")
  struct RouteMonitorTests {
    @Test("it is silent until something changes, then tells once")
    func changes() throws {
      let machine = try RealMachine()
      let link = try machine.plug(Example.nic1)
      // Of a link that is down the kernel does not tell every change, of its group for one.
      try machine.kernel.apply(link.up)
      let monitor = try RouteMonitor()
      while try monitor.wait(timeout: .milliseconds(500)) {}
      #expect(try !monitor.wait(timeout: .milliseconds(20)))
      let changes: [Change] = [
        .setGroup(.eni, link.index, link.name), link.add("10.0.1.5/32"), link.add("2600:1::5/128"),
        .addRule(Example.rule(from: "10.0.1.5/32")), .addRule(Example.rule(from: "2600:1::5/128")),
      ]
      for change in changes {
        try machine.kernel.apply(change)
        #expect(try monitor.wait(timeout: .seconds(1)), "\(change)")
        #expect(try !monitor.wait(timeout: .milliseconds(20)), "\(change)")
      }
    }

    @Test("more changes than it has room for are a change")
    func overflow() throws {
      let machine = try RealMachine()
      let monitor = try RouteMonitor()
      let rules = (0..<3000).map { Example.rule(from: "10.\($0 / 250).\($0 % 250).5/32") }
      try machine.kernel.apply(rules.map(Change.addRule))
      #expect(try monitor.wait(timeout: .seconds(1)))
    }

    @Test("only the routes of a routing daemon in main wake no reader")
    func routingDaemon() throws {
      let machine = try RealMachine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply(link.up)
      let monitor = try RouteMonitor()
      while try monitor.wait(timeout: .milliseconds(500)) {}
      for family in ["-4 route add 198.51.100.0/24", "-6 route add 2001:db8::/32"] {
        try machine.ip("\(family) dev nic1 proto bird")
        #expect(try !monitor.wait(timeout: .milliseconds(20)), "\(family)")
        for rest in ["proto bird table 10001", "proto dhcp metric 7"] {
          try machine.ip("\(family) dev nic1 \(rest)")
          #expect(try monitor.wait(timeout: .seconds(1)), "\(family) \(rest)")
        }
      }
      try machine.ip("route add default dev nic1 proto bird")
      #expect(try monitor.wait(timeout: .seconds(1)))
    }
  }
}
