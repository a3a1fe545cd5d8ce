// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// The keys under `network/interfaces/macs/<mac>/` that we read, spelled as IMDS serves them
/// (EC2 user guide, "Instance metadata categories").
package enum InterfaceKey: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  /// The slot on the card; 0 while an attachment propagates.
  case deviceNumber = "device-number"
  /// The card; so spelled by IMDS, while the documentation says `network-card-index`.
  case networkCard = "network-card"
  /// The ENI's id.
  case interfaceID = "interface-id"
  /// Private IPv4 addresses, the primary first.
  case localIPv4s = "local-ipv4s"
  /// Delegated IPv4 prefixes, /28 each.
  case ipv4Prefix = "ipv4-prefix"
  /// The subnet's IPv4 block; absent in an IPv6-only subnet.
  case subnetIPv4Block = "subnet-ipv4-cidr-block"
  /// IPv6 addresses.
  case ipv6s = "ipv6s"
  /// Delegated IPv6 prefixes, /80 each.
  case ipv6Prefix = "ipv6-prefix"
  /// The subnet's IPv6 blocks: a list, although a subnet has one in practice.
  case subnetIPv6Blocks = "subnet-ipv6-cidr-blocks"
  /// The subnet's id; read only for a policy that asks for it.
  case subnetID = "subnet-id"
  /// The ids of its security groups; read only for a policy that asks for them.
  case securityGroupIDs = "security-group-ids"
  /// A directory: below each public IPv4 address the private ones it is mapped to; read for reports.
  case ipv4Associations = "ipv4-associations"

  /// The key as IMDS serves it.
  package var description: String { rawValue }
}

extension InterfaceKey {
  /// The keys that make an ENI's facts; the others serve policies and reports.
  static let facts: [InterfaceKey] = [
    .deviceNumber, .networkCard, .interfaceID, .localIPv4s, .ipv4Prefix, .subnetIPv4Block, .ipv6s,
    .ipv6Prefix, .subnetIPv6Blocks,
  ]

  /// The keys that say what an ENI has of one family.
  struct Family {
    let addresses: InterfaceKey
    let prefixes: InterfaceKey
    let subnets: InterfaceKey

    static func of(_ family: AddressFamily) -> Family {
      switch family {
      case .ipv4: Family(addresses: .localIPv4s, prefixes: .ipv4Prefix, subnets: .subnetIPv4Block)
      case .ipv6: Family(addresses: .ipv6s, prefixes: .ipv6Prefix, subnets: .subnetIPv6Blocks)
      }
    }
  }
}
