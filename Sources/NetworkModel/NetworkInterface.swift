// SPDX-License-Identifier: Apache-2.0

/// An elastic network interface (ENI) as EC2 describes it: the facts that IMDS serves under
/// `network/interfaces/macs/<mac>/`, parsed and complete.
package struct NetworkInterface: Hashable, Sendable {
  /// An ENI's id, `eni-` and 8 or 17 hexadecimal digits; it becomes an alternative name.
  package struct ID: Hashable, Sendable, CustomStringConvertible {
    /// The id as text.
    package let text: String

    /// Accepts a well-formed id, nil otherwise.
    package init?(_ text: some StringProtocol) {
      guard ResourceID.isValid(text, prefix: "eni-") else { return nil }
      self.text = String(text)
    }

    package var description: String { text }
  }

  /// The ENI's id (`interface-id`).
  package let id: ID
  /// Its Ethernet address (`mac`).
  package let mac: MACAddress
  /// Card and device number.
  package let attachment: Attachment
  /// Its IPv4 part, nil when it has none: in an IPv6-only subnet, or EFA-only.
  package let ipv4: Addresses?
  /// Its IPv6 part, nil when no IPv6 address or prefix is assigned.
  package let ipv6: Addresses?

  /// An interface with these facts.
  package init(
    id: ID,
    mac: MACAddress,
    attachment: Attachment,
    ipv4: Addresses?,
    ipv6: Addresses?
  ) {
    self.id = id
    self.mac = mac
    self.attachment = attachment
    self.ipv4 = ipv4
    self.ipv6 = ipv6
  }

  /// Both families' parts, IPv4 first; empty for an EFA-only ENI, which is named and held.
  package var families: [Addresses] { [ipv4, ipv6].compactMap(\.self) }
}

extension NetworkInterface {
  /// What an ENI has of one family.
  package struct Addresses: Hashable, Sendable {
    /// The subnet's block (`subnet-ipv4-cidr-block`, `subnet-ipv6-cidr-blocks`).
    package let subnet: IPPrefix
    /// The assigned addresses in IMDS's order: for IPv4 the primary private address first.
    package let addresses: [IPAddress]
    /// Delegated prefixes (`ipv4-prefix`, `ipv6-prefix`).
    package let delegatedPrefixes: [IPPrefix]

    /// The addresses of one family; nil unless all are of the subnet's family and each lies
    /// in the subnet, and the subnet has room for a gateway.
    package init?(subnet: IPPrefix, addresses: [IPAddress], delegatedPrefixes: [IPPrefix] = []) {
      guard subnet == subnet.network, subnet.length >= 8,
        subnet.length < subnet.family.bitWidth - 1,
        addresses.allSatisfy(subnet.contains),
        delegatedPrefixes.allSatisfy({ $0 == $0.network && subnet.contains($0.address) }),
        delegatedPrefixes.allSatisfy({ $0.length >= subnet.length })
      else { return nil }
      self.subnet = subnet
      self.addresses = addresses
      self.delegatedPrefixes = delegatedPrefixes
    }

    /// The family of all of it.
    package var family: AddressFamily { subnet.family }

    /// The VPC router: the subnet's base + 1 for IPv4 (VPC user guide, "Subnet sizing"), and the
    /// constant fe80:ec2::1 for IPv6, which every subnet answers on.
    package var gateway: IPAddress? {
      switch family {
      case .ipv4: subnet.address(at: 1)
      case .ipv6: IPAddress("fe80:ec2::1")
      }
    }
  }
}
