// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Testing

@Suite("IP addresses")
struct IPAddressTests {
  @Test(
    "an address is read and written in its canonical form",
    arguments: [
      ("10.0.1.5", "10.0.1.5"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
      ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("fe80:ec2::1", "fe80:ec2::1"),
      ("2600:1F14:0:0:0:0:0:A", "2600:1f14::a"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
      ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ]
  )
  func canonical(text: String, canonical: String) {
    #expect(IPAddress(text)?.description == canonical)
  }

  @Test(
    "what is not exactly an address is refused",
    arguments: [
      "", " 10.0.0.1", "10.0.0.1 ", "10.0.0", "10.0.0.0.1", "10.0.0.256", "010.0.0.1", "10.0.0.-1",
      "10.0.0.+1", "10..0.1", "0x0a.0.0.1", "10.0.0.1\n", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::", "::1::", ":::", "1:", ":1", "fe80::1%eth0", "::ffff:10.0.0.1", "12345::",
      "::-1", "::+1", "g::", "../../etc",
    ]
  )
  func refused(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test("octets and bits survive a round trip", arguments: ["10.1.2.3", "2600:1f14::a"])
  func roundTrip(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(IPAddress(family: address.family, octets: address.octets) == address)
    #expect(IPAddress(family: address.family, bits: address.bits) == address)
  }

  @Test(
    "an address that works on its own link only is told",
    arguments: [
      ("169.254.1.1", true), ("169.253.255.255", false), ("fe80::1", true), ("fe80:ec2::1", true),
      ("febf::", true), ("fec0::", false), ("2600::1", false),
    ]
  )
  func linkLocal(text: String, isLinkLocal: Bool) {
    #expect(IPAddress(text)?.isLinkLocal == isLinkLocal)
  }
}
