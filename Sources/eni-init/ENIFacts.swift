// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning

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
  /// The addresses that IMDS lists for it although they are another ENI's; `interface` lacks them.
  var contest: Ownership.Contest?

  /// What is to be planned.
  var network: InstanceNetwork {
    InstanceNetwork(
      primaryMAC: primaryMAC,
      interfaces: [interface],
      primarySubnets: primarySubnets
    )
  }
}
