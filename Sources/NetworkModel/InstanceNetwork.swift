// SPDX-License-Identifier: Apache-2.0

/// What is known of an instance's network: who the primary ENI is, and the facts of others.
package struct InstanceNetwork: Hashable, Sendable {
  /// The primary ENI's MAC (`meta-data/mac`).
  package let primaryMAC: MACAddress
  /// The interfaces whose facts are known, in any order; the primary may be among them.
  package let interfaces: [NetworkInterface]
  /// The blocks of the primary's subnet by family; a family without an entry is unknown.
  package let primarySubnets: [AddressFamily: [IPPrefix]]

  /// The network with this primary and these interfaces; when the primary is among them, its facts give
  /// the block of a family that `primarySubnets` lacks.
  package init(
    primaryMAC: MACAddress,
    interfaces: [NetworkInterface],
    primarySubnets: [AddressFamily: [IPPrefix]] = [:]
  ) {
    self.primaryMAC = primaryMAC
    self.interfaces = interfaces
    var subnets = primarySubnets
    for part in interfaces.first(where: { $0.mac == primaryMAC })?.families ?? []
    where subnets[part.family] == nil {
      subnets[part.family] = [part.subnet]
    }
    self.primarySubnets = subnets
  }

  /// The network with the primary's subnets that the kernel's rules show, for families that are unknown.
  package func keepingPrimarySubnets(of state: KernelIndex) -> Self {
    Self(
      primaryMAC: primaryMAC,
      interfaces: interfaces,
      primarySubnets: state.primarySubnets.merging(primarySubnets) { $1 }
    )
  }

  /// Where each ENI is; of one that is told twice, what was told first.
  package var slots: [MACAddress: Attachment] {
    Dictionary(
      interfaces.map { ($0.mac, $0.attachment) },
      uniquingKeysWith: { first, _ in first }
    )
  }
}
