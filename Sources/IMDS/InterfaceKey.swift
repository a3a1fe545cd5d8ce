// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// The keys under `network/interfaces/macs/<mac>/` that we read, spelled as IMDS serves them
/// (EC2 user guide, "Instance metadata categories").
package enum InterfaceKey: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  case deviceNumber = "device-number"
  /// So spelled by IMDS; the documentation says `network-card-index`.
  case networkCard = "network-card"
  case interfaceID = "interface-id"
  case localIPv4s = "local-ipv4s"
  case ipv4Prefix = "ipv4-prefix"
  case subnetIPv4Block = "subnet-ipv4-cidr-block"
  case ipv6s = "ipv6s"
  case ipv6Prefix = "ipv6-prefix"
  /// A list, although a subnet has one block in practice.
  case subnetIPv6Blocks = "subnet-ipv6-cidr-blocks"

  /// The key as IMDS serves it.
  package var description: String { rawValue }
}

extension InterfaceKey {
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
