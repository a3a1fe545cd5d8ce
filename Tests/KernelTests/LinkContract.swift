// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel
import Rtnetlink
import Testing

extension KernelSuite {
  /// What holds for links, whichever kernel it is.
  @Suite("Links")
  struct LinkContract {
    @Test(
      "a link appears when it is plugged and goes with all that is on it",
      arguments: Subject.allCases
    )
    func plugging(_ subject: Subject) throws {
      let machine = try subject.machine()
      #expect(try machine.kernel.links().map(\.name.text) == ["lo"])
      let link = try machine.plug(Example.nic1)
      #expect(!link.isUp)
      #expect(link.mtu == 1500)
      #expect(link.group == LinkGroup(rawValue: 0))
      try machine.kernel.apply([
        link.up, link.add("10.0.1.5/24"), .addRule(Example.rule(from: "10.0.1.5/32")),
      ])

      try machine.unplug(link)

      let state = try machine.kernel.snapshot()
      #expect(!state.links.contains { $0.index == link.index })
      #expect(state.prefixes(on: link).isEmpty)
      #expect(state.routes(by: link).isEmpty)
      #expect(state.addedRules == [Example.rule(from: "10.0.1.5/32")], "rules know no link")
    }

    @Test("a link shows whether IPv6 is disabled on it", arguments: Subject.allCases)
    func disabledIPv6(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      #expect(!link.isIPv6Disabled && link.accepts(.ipv6))
      try machine.kernel.apply([
        link.up, link.add("10.0.1.5/24"), link.add("2600:1::5/64"),
        link.add(Example.route("2600:1::/64")),
      ])
      try machine.setIPv6(disabled: true, on: link)
      let state = try machine.kernel.snapshot()
      let disabled = try #require(state.links.first { $0.index == link.index })
      #expect(disabled.isIPv6Disabled && !disabled.accepts(.ipv6) && disabled.accepts(.ipv4))
      #expect(state.prefixes(on: link) == [Example.prefix("10.0.1.5/24")])
      #expect(state.routes(by: link).isEmpty)
      expectRefusal(EACCES, of: link.add("2600:1::5/64"), by: machine.kernel)
      expectRefusal(EACCES, of: link.add(Example.route("2600:1::/64")), by: machine.kernel)
      try machine.setIPv6(disabled: false, on: link)
      try machine.kernel.apply([link.add("2600:1::5/64"), link.add(Example.route("2600:1::/64"))])
    }

    @Test("a port shows its master", arguments: Subject.allCases)
    func master(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      #expect(link.master == nil)
      let mac = try #require(MACAddress("02:00:00:00:00:77"))
      let bridge = try machine.bridge(Example.nic2, mac: mac, member: link)
      let links = try machine.kernel.links()
      #expect(links.first { $0.index == link.index }?.master == bridge.index)
      #expect(bridge.master == nil)
    }

    @Test("what the kernel refuses is passed over and told", arguments: Subject.allCases)
    func attempt(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      let wrong = Change.setMTU(70_000, link.index, link.name)
      let refusals = try machine.kernel.attempt([wrong, link.up])
      #expect(Set(refusals.keys) == [wrong])
      let after = try machine.kernel.links().first { $0.index == link.index }
      #expect(after?.isUp == true && after?.mtu == 1500)
    }

    @Test("a link is renamed, down as well as up", arguments: Subject.allCases)
    func renaming(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply(link.rename(Example.nic2))
      #expect(try machine.kernel.links().first { $0.index == link.index }?.name == Example.nic2)
      try machine.kernel.apply([link.up, link.rename(Example.nic1), link.rename(Example.nic1)])
      let renamed = try machine.kernel.links().first { $0.index == link.index }
      #expect(renamed?.name == Example.nic1)
      #expect(renamed?.isUp == true)
    }

    @Test(
      "a taken name is refused, also when it is an alternative one",
      arguments: Subject.allCases
    )
    func takenName(_ subject: Subject) throws {
      let machine = try subject.machine()
      let (first, second) = (try machine.plug(Example.nic1), try machine.plug(Example.nic2))
      let alternative = try #require(InterfaceName("eni-0abc"))
      try machine.kernel.apply(.addAlternativeName(alternative.text, first.index, first.name))
      expectRefusal(EEXIST, of: first.rename(Example.nic2), by: machine.kernel)
      expectRefusal(EEXIST, of: second.rename(alternative), by: machine.kernel)
      expectRefusal(EEXIST, of: first.rename(alternative), by: machine.kernel)
      expectRefusal(
        EEXIST,
        of: .addAlternativeName(alternative.text, second.index, second.name),
        by: machine.kernel
      )
    }

    @Test(
      "alternative names are kept in order and adding one again is fine",
      arguments: Subject.allCases
    )
    func alternativeNames(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      let names = ["eni-0123456789abcdef0", "device-number-1.0"]
      for name in names + names {
        try machine.kernel.apply(.addAlternativeName(name, link.index, link.name))
      }
      #expect(
        try machine.kernel.links().first { $0.index == link.index }?.alternativeNames == names
      )
    }

    @Test("an alternative name goes, and to remove it again is fine", arguments: Subject.allCases)
    func removedAlternativeName(_ subject: Subject) throws {
      let machine = try subject.machine()
      let (link, other) = (try machine.plug(Example.nic1), try machine.plug(Example.nic2))
      try machine.kernel.apply(.addAlternativeName("eni-0abc", link.index, link.name))
      expectRefusal(
        EINVAL,
        of: .removeAlternativeName("eni-0abc", other.index, other.name),
        by: machine.kernel
      )
      for _ in 1...2 {
        try machine.kernel.apply(.removeAlternativeName("eni-0abc", link.index, link.name))
      }
      #expect(try machine.kernel.links().allSatisfy { $0.alternativeNames.isEmpty })
    }

    @Test("group and MTU are set", arguments: Subject.allCases)
    func properties(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      for _ in 1...2 {
        try machine.kernel.apply([
          .setGroup(.eni, link.index, link.name), .setMTU(9001, link.index, link.name),
        ])
      }
      let changed = try #require(try machine.kernel.links().first { $0.index == link.index })
      #expect(changed.group == .eni)
      #expect(changed.mtu == 9001)
      #expect(!changed.isUp)
      expectRefusal(EINVAL, of: .setMTU(67, link.index, link.name), by: machine.kernel)
    }

    @Test("a bridge shows its kind, and its port has its own", arguments: Subject.allCases)
    func kinds(_ subject: Subject) throws {
      let machine = try subject.machine()
      let eni = try machine.plug(Example.nic1)
      let mac = try #require(MACAddress("02:00:00:00:00:01"))
      let bridge = try machine.bridge(Example.nic2, mac: mac, member: eni)
      let links = try machine.kernel.links()
      #expect(links.first { $0.index == bridge.index }?.kind == "bridge")
      #expect(links.first { $0.index == eni.index }?.kind == "veth")
      #expect(links.first { $0.name.text == "lo" }?.kind == nil)
      #expect(ENILinks(links)[mac] == nil, "a bridge is no ENI, whichever MAC it has")
    }

    @Test("an MTU below 1280 takes the IPv6 addresses away", arguments: Subject.allCases)
    func smallMTU(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply([
        link.up, link.add("2600:1::5/64"), link.add("10.0.1.5/24"),
        .setMTU(1200, link.index, link.name),
      ])
      let state = try machine.kernel.snapshot()
      #expect(state.prefixes(on: link) == [Example.prefix("10.0.1.5/24")])
    }

    @Test(
      "down takes routes and IPv6 addresses, up brings none back",
      arguments: Subject.allCases
    )
    func downAndUp(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.kernel.apply([
        link.up, link.up, link.add("10.0.1.5/24"), link.add("2600:1::5/64"),
        link.add(Example.route("10.0.1.0/24")),
        link.add(Example.route("0.0.0.0/0", via: "10.0.1.1")),
        link.add(Example.route("::/0", via: "fe80:ec2::1")),
        link.down, link.down,
      ])
      var state = try machine.kernel.snapshot()
      #expect(state.prefixes(on: link) == [Example.prefix("10.0.1.5/24")])
      #expect(state.routes(by: link).isEmpty)

      try machine.kernel.apply(link.up)

      state = try machine.kernel.snapshot()
      #expect(state.prefixes(on: link) == [Example.prefix("10.0.1.5/24")])
      #expect(state.routes(by: link).isEmpty)
    }

    @Test("a change of a link that is gone is refused", arguments: Subject.allCases)
    func goneLink(_ subject: Subject) throws {
      let machine = try subject.machine()
      let link = try machine.plug(Example.nic1)
      try machine.unplug(link)
      let changes: [Change] = [
        link.up, link.down, link.rename(Example.nic2), link.add("10.0.1.5/24"),
        link.add("2600:1::5/64"), .setMTU(1400, link.index, link.name),
        .setGroup(.eni, link.index, link.name),
        .addAlternativeName("eni-0abc", link.index, link.name),
        link.add(Example.route("10.0.1.0/24")),
      ]
      for change in changes { expectRefusal(ENODEV, of: change, by: machine.kernel) }
    }
  }
}
