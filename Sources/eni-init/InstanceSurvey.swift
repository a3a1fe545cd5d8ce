// SPDX-License-Identifier: Apache-2.0
import IMDS
import NetworkModel

/// One look at all ENIs that have a link, the primary among them, without waiting for any of them
/// to settle.
struct InstanceSurvey {
  /// The ENIs whose facts are complete.
  let network: InstanceNetwork
  /// Those whose facts are not, and what is missing.
  let unsettled: [MACAddress: Unsettled]
  /// Those of whom IMDS tells something that cannot be.
  let malformed: [MACAddress: IMDSError]
  /// Those that a setting leaves alone, and which.
  let ignored: [MACAddress: String]
  /// Every MAC that IMDS lists, with a link or without.
  let listed: Set<MACAddress>

  /// Reads what IMDS says of those of `links` that it lists.
  ///
  /// - Throws: What no further question would answer: IMDS is off, gone, or knows no primary. What
  ///   is wrong with one ENI is kept to that ENI.
  init(_ metadata: InstanceMetadata, links: [Link], policy: Policy) throws {
    let primary = try metadata.primaryMAC()
    let present = Set(links.compactMap(\.mac))
    var interfaces: [NetworkInterface] = []
    var unsettled: [MACAddress: Unsettled] = [:]
    var malformed: [MACAddress: IMDSError] = [:]
    var ignored: [MACAddress: String] = [:]
    let macs = try metadata.macs()
    let expected = try metadata.listsNetworkCards(primary)
    for mac in macs where present.contains(mac) {
      do throws(IMDSError) {
        let isPrimary = mac == primary
        switch try metadata.read(mac: mac, isPrimary: isPrimary, networkCardExpected: expected) {
        case .settled(let interface):
          let id = interface.id
          let reason =
            isPrimary
            ? nil : try Refusal.reason(for: mac, id: id, policy: policy, metadata: metadata)
          if let reason { ignored[mac] = reason } else { interfaces.append(interface) }
        case .unsettled(let reason): unsettled[mac] = reason
        }
      } catch {
        guard case .malformed = error else { throw error }
        malformed[mac] = error
      }
    }
    network = InstanceNetwork(primaryMAC: primary, interfaces: interfaces)
    self.unsettled = unsettled
    self.malformed = malformed
    self.ignored = ignored
    listed = Set(macs)
  }

  /// The facts of one ENI; nil when they are not complete.
  func interface(_ mac: MACAddress) -> NetworkInterface? {
    network.interfaces.first { $0.mac == mac }
  }
}
