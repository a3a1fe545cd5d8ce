// SPDX-License-Identifier: Apache-2.0

/// What is known of an instance's network: who the primary ENI is, and the facts of others.
package struct InstanceNetwork: Hashable, Sendable {
  /// The primary ENI's MAC (`meta-data/mac`).
  package let primaryMAC: MACAddress
  /// The interfaces whose facts are known, in any order; the primary may be among them.
  package let interfaces: [NetworkInterface]

  /// The network with this primary and these interfaces.
  package init(primaryMAC: MACAddress, interfaces: [NetworkInterface]) {
    self.primaryMAC = primaryMAC
    self.interfaces = interfaces
  }

  /// Where each ENI is; of one that is told twice, what was told first.
  package var slots: [MACAddress: Attachment] {
    Dictionary(
      interfaces.map { ($0.mac, $0.attachment) },
      uniquingKeysWith: { first, _ in first }
    )
  }
}
