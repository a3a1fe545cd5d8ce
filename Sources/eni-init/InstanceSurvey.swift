// SPDX-License-Identifier: Apache-2.0
import IMDS
import NetworkModel

/// One look at all ENIs that have a link, without waiting for any of them to settle.
struct InstanceSurvey {
  /// The primary and the ENIs whose facts are complete.
  let network: InstanceNetwork
  /// The others, and what is missing.
  let unsettled: [(mac: MACAddress, reason: Unsettled)]

  /// Reads what IMDS says of those of `links` that it lists.
  init(_ metadata: InstanceMetadata, links: [Link]) throws {
    let primary = try metadata.primaryMAC()
    let present = Set(links.compactMap { $0.permanentAddress ?? $0.address })
    var interfaces: [NetworkInterface] = []
    var unsettled: [(MACAddress, Unsettled)] = []
    let expected = try metadata.listsNetworkCards(primary)
    for mac in try metadata.macs() where mac != primary && present.contains(mac) {
      switch try metadata.read(mac: mac, isPrimary: false, networkCardExpected: expected) {
      case .settled(let interface): interfaces.append(interface)
      case .unsettled(let reason): unsettled.append((mac, reason))
      }
    }
    network = InstanceNetwork(primaryMAC: primary, interfaces: interfaces)
    self.unsettled = unsettled
  }
}
