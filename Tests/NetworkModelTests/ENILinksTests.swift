// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import TestSupport
import Testing

@Suite("The link of an ENI")
struct ENILinksTests {
  private static let mac = Fixture.mac(1)

  private func link(
    _ number: UInt32,
    kind: String? = nil,
    permanent: MACAddress? = nil,
    address: MACAddress? = mac,
    group: LinkGroup = LinkGroup(rawValue: 0)
  ) throws -> Link {
    Link(
      index: try #require(Link.Index(number)),
      name: try #require(InterfaceName("link\(number)")),
      address: address,
      permanentAddress: permanent,
      kind: kind,
      group: group
    )
  }

  /// Expects `expected` for every order in which the kernel could list the links.
  private func expect(_ expected: Link?, among links: [Link], _ comment: Comment) {
    for order in [links, links.reversed()] {
      #expect(ENILinks(order)[Self.mac] == expected, comment)
      #expect(KernelState(links: order).link(mac: Self.mac) == expected, comment)
      #expect(KernelIndex(KernelState(links: order)).link(mac: Self.mac) == expected, comment)
      #expect(ENILinks(order).macs.contains(Self.mac) == (expected != nil), comment)
    }
  }

  @Test(
    "a virtual link with the MAC of an ENI is never that ENI",
    arguments: [
      "bridge", "bond", "team", "vlan", "macvlan", "macvtap", "ipvlan", "openvswitch", "vxlan",
      "dummy", "veth", "tun",
    ]
  )
  func virtual(kind: String) throws {
    // A macvtap in passthru mode has even the permanent address.
    for permanent in [nil, Self.mac] {
      let other = try link(2, kind: kind, permanent: permanent)
      expect(nil, among: [other], "alone")
      let unseen = try link(9, permanent: Self.mac)
      expect(unseen, among: [other, unseen], "beside an ENI that udev has not seen yet")
      let marked = try link(9, kind: "veth", group: .eni)
      expect(marked, among: [other, marked], "beside an ENI that udev has marked")
    }
  }

  @Test("a mark of udev counts more than hardware that has adopted the MAC")
  func adopted() throws {
    let adopter = try link(2)
    let eni = try link(9, permanent: Self.mac, group: .eni)
    expect(eni, among: [adopter, eni], "")
  }

  @Test("an ENI is found by its permanent address when a bond has changed the current one")
  func enslaved() throws {
    let bond = try link(2, kind: "bond")
    let eni = try link(9, permanent: Self.mac, address: Fixture.mac(7), group: .eni)
    expect(eni, among: [bond, eni], "")
    #expect(ENILinks([eni])[Fixture.mac(7)] == nil)
  }

  @Test("of two links that are equally good the older one wins, and hardware wins over a bridge")
  func ranks() throws {
    let (older, later) = (try link(2), try link(9))
    expect(older, among: [older, later], "the order of the list is of no importance")
    let bridge = try link(2, kind: "bridge", group: .eni)
    let eni = try link(9, permanent: Self.mac, group: .eni)
    expect(eni, among: [bridge, eni], "a bridge that is in the group all the same")
  }
}
