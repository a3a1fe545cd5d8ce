// SPDX-License-Identifier: Apache-2.0
import NetworkModel
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
}
