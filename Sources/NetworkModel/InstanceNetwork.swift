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
}
