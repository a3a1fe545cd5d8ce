// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Testing

@Suite("Prefixes")
struct IPPrefixTests {
  @Test(
    "host bits are kept, and cleared for the network",
    arguments: [
      ("10.0.1.5/24", "10.0.1.0/24"), ("10.0.1.5/32", "10.0.1.5/32"), ("10.0.1.5/0", "0.0.0.0/0"),
      ("10.0.3.255/22", "10.0.0.0/22"), ("2600::a:b/64", "2600::/64"), ("2600::a/0", "::/0"),
      ("2600::a/128", "2600::a/128"), ("2600::ffff:0:0:0/80", "2600::ffff:0:0:0/80"),
    ]
  )
  func network(text: String, network: String) {
    let prefix = IPPrefix(text)
    #expect(prefix?.description == text)
    #expect(prefix?.network.description == network)
  }

  @Test(
    "what is not exactly CIDR notation is refused",
    arguments: [
      "", "10.0.0.0", "10.0.0.0/", "/24", "10.0.0.0/33", "10.0.0.0/024", "10.0.0.0/-1",
      "10.0.0.0/24/24", "2600::/129", "10.0.0.0/ 24", "10.0.0.0/24\n",
    ]
  )
  func refused(text: String) {
    #expect(IPPrefix(text) == nil)
  }

  @Test(
    "an address lies in a prefix or not",
    arguments: [
      ("10.0.1.0/24", "10.0.1.255", true), ("10.0.1.0/24", "10.0.2.0", false),
      ("0.0.0.0/0", "255.0.0.1", true), ("0.0.0.0/0", "::1", false),
      ("2600::/64", "2600::ffff:ffff:ffff:ffff", true), ("2600::/64", "2600:0:0:1::", false),
    ]
  )
  func contains(prefix: String, address: String, isInside: Bool) throws {
    let address = try #require(IPAddress(address))
    #expect(IPPrefix(prefix)?.contains(address) == isInside)
  }

  @Test("the VPC router is one above the subnet's base, wherever the host bits are")
  func router() {
    #expect(IPPrefix("10.0.1.77/24")?.address(at: 1)?.description == "10.0.1.1")
    #expect(IPPrefix("10.0.0.0/28")?.address(at: 16) == nil)
  }
}
