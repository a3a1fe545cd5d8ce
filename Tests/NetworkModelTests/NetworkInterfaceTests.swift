// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import TestSupport
import Testing

@Suite("Facts of an ENI")
struct NetworkInterfaceTests {
  typealias Addresses = NetworkInterface.Addresses

  @Test("the gateway is the subnet's base + 1, and a constant for IPv6")
  func gateway() throws {
    let ipv4 = try #require(IPPrefix("10.0.1.0/24"))
    #expect(Addresses(subnet: ipv4, addresses: [])?.gateway?.description == "10.0.1.1")
    let ipv6 = try #require(IPPrefix("2600::/64"))
    #expect(Addresses(subnet: ipv6, addresses: [])?.gateway?.description == "fe80:ec2::1")
  }

  @Test(
    "addresses and prefixes must belong to the subnet",
    arguments: [
      ("10.0.1.0/24", "10.0.2.5", nil), ("10.0.1.0/24", "2600::1", nil),
      ("10.0.1.5/24", "10.0.1.5", nil), ("10.0.1.0/24", nil, "10.0.2.0/28"),
      ("10.0.1.0/24", nil, "10.0.1.3/28"), ("10.0.1.0/24", nil, "10.0.0.0/16"),
      ("0.0.0.0/0", "10.0.1.5", nil), ("10.0.1.4/31", "10.0.1.4", nil),
    ] as [(String, String?, String?)]
  )
  func contradictory(subnet: String, address: String?, prefix: String?) throws {
    let subnet = try #require(IPPrefix(subnet))
    let addresses = [address].compactMap(\.self).compactMap { IPAddress($0) }
    let prefixes = [prefix].compactMap(\.self).compactMap { IPPrefix($0) }
    #expect(
      Addresses(subnet: subnet, addresses: addresses, delegatedPrefixes: prefixes) == nil
    )
  }

  @Test("addresses and prefixes take the order in which a file names them, others come last")
  func ordered() {
    let interface = Fixture.interface(
      1,
      device: 1,
      ipv4: (
        "10.0.1.0/24", ["10.0.1.9", "10.0.1.1", "10.0.1.10"], ["10.0.1.48/28", "10.0.1.32/28"]
      ),
      ipv6: ("2001:db8::/64", ["2001:db8::b", "2001:db8::a"], [])
    )
    let files = [
      "[Network]\nAddress=10.0.1.10/24\nAddress=10.0.1.1/32\nAddress=2001:db8::a/64\n",
      "up ip address add 2001:db8::b/64\nup ip rule add from 10.0.1.32/28\n",
    ]
    let ordered = interface.ordered(as: files)
    #expect(ordered.ipv4?.addresses.map(\.description) == ["10.0.1.10", "10.0.1.1", "10.0.1.9"])
    #expect(
      ordered.ipv4?.delegatedPrefixes.map(\.description) == ["10.0.1.32/28", "10.0.1.48/28"]
    )
    #expect(ordered.ipv6?.addresses.map(\.description) == ["2001:db8::a", "2001:db8::b"])
    #expect(interface.ordered(as: []) == interface)
  }
}
