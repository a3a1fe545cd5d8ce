// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// All that has to be known to configure one ENI.
struct ENIFacts {
  /// The instance it is attached to.
  let instance: InstanceID
  /// The instance's primary.
  let primaryMAC: MACAddress
  /// The ENI, settled.
  let interface: NetworkInterface
  /// The blocks of the primary's subnet by family; a family without an entry is unknown.
  let primarySubnets: [AddressFamily: [IPPrefix]]
  /// Where IMDS says that other ENIs are, as far as it was asked.
  var otherSlots: [MACAddress: Attachment] = [:]
  /// Whether two readings have agreed on it, so that what it lacks may go.
  var isAgreed = false

  /// What is to be planned.
  var network: InstanceNetwork {
    InstanceNetwork(
      primaryMAC: primaryMAC,
      interfaces: [interface],
      primarySubnets: primarySubnets
    )
  }
}
