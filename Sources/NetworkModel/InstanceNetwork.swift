// SPDX-License-Identifier: Apache-2.0

/// What is known of an instance's network: who the primary ENI is, and the facts of others.
package struct InstanceNetwork: Hashable, Sendable {
  /// The primary ENI's MAC (`meta-data/mac`).
  package let primaryMAC: MACAddress
  /// The interfaces whose facts are known, in any order; the primary may be among them.
  package let interfaces: [NetworkInterface]
  /// The subnets in which the primary has something; nil when nobody has told.
  package let primarySubnets: [IPPrefix]?

  /// The network with this primary and these interfaces; when the primary is among them, it tells its
  /// subnets itself.
  package init(
    primaryMAC: MACAddress,
    interfaces: [NetworkInterface],
    primarySubnets: [IPPrefix]? = nil
  ) {
    self.primaryMAC = primaryMAC
    self.interfaces = interfaces
    let primary = interfaces.first { $0.mac == primaryMAC }
    self.primarySubnets = primary?.families.map(\.subnet) ?? primarySubnets
  }

  /// Where each ENI is; of one that is told twice, what was told first.
  package var slots: [MACAddress: Attachment] {
    Dictionary(
      interfaces.map { ($0.mac, $0.attachment) },
      uniquingKeysWith: { first, _ in first }
    )
  }
}
