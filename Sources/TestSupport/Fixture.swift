// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Ready-made facts for tests: one instance's worth of ENIs in all the shapes EC2 has.
///
/// The values are literals, so a failed parse is a mistake in this file: it ends the test run.
package enum Fixture {
  /// The instance.
  package static let instance = parsed(InstanceID("i-0123456789abcdef0"))
  /// The primary ENI's MAC.
  package static let primaryMAC = mac(0)

  /// The n-th MAC.
  package static func mac(_ number: Int) -> MACAddress {
    parsed(MACAddress("02:00:00:00:00:" + (number < 16 ? "0" : "") + String(number, radix: 16)))
  }

  /// The link of the n-th ENI, as born: down, with index 2 + n.
  package static func link(_ number: Int, name: String? = nil, mtu: UInt32 = 1500) -> Link {
    Link(
      index: parsed(Link.Index(UInt32(2 + number))),
      name: parsed(InterfaceName(name ?? "ens\(5 + number)")),
      address: mac(number),
      permanentAddress: mac(number),
      mtu: mtu
    )
  }

  /// The n-th ENI, in a slot, with these addresses; the first prefix of a family is its subnet.
  package static func interface(
    _ number: Int,
    card: Int = 0,
    device: Int,
    ipv4: (subnet: String, addresses: [String], prefixes: [String])? = nil,
    ipv6: (subnet: String, addresses: [String], prefixes: [String])? = nil
  ) -> NetworkInterface {
    NetworkInterface(
      id: parsed(NetworkInterface.ID("eni-" + String(0x1000_0000 + number, radix: 16))),
      mac: mac(number),
      attachment: parsed(Attachment(networkCard: card, deviceNumber: device)),
      ipv4: ipv4.map { addresses($0.subnet, $0.addresses, $0.prefixes) },
      ipv6: ipv6.map { addresses($0.subnet, $0.addresses, $0.prefixes) }
    )
  }

  private static func addresses(
    _ subnet: String,
    _ addresses: [String],
    _ prefixes: [String]
  ) -> NetworkInterface.Addresses {
    parsed(
      NetworkInterface.Addresses(
        subnet: parsed(IPPrefix(subnet)),
        addresses: addresses.map { parsed(IPAddress($0)) },
        delegatedPrefixes: prefixes.map { parsed(IPPrefix($0)) }
      )
    )
  }

  private static func parsed<Value>(_ value: Value?) -> Value {
    guard let value else { fatalError("a literal in Fixture is not valid") }
    return value
  }
}
