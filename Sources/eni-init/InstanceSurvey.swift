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
  /// Those that could not be read or have a malformed value: nothing is known about them.
  let unread: [MACAddress: IMDSError]
  /// Those that are left alone, and why: by a setting, or as a port of another device.
  let ignored: [MACAddress: String]
  /// Every MAC that IMDS lists, with a link or without.
  let listed: Set<MACAddress>

  /// How long one ENI may take, so that one that is never answered leaves time for the others.
  private static let patienceForEach: Duration = .seconds(5)

  /// Reads the metadata of those of `links` that IMDS lists, until `deadline`; until the client's when nil.
  ///
  /// - Throws: The error that no further question would answer: IMDS is off, gone, or knows no primary.
  ///   An error about one ENI stays with that ENI.
  init(
    _ metadata: InstanceMetadata,
    links: [Link],
    policy: Policy,
    deadline: ContinuousClock.Instant? = nil
  ) throws {
    let deadline = deadline ?? metadata.client.deadline
    let patience = Patience(until: deadline)
    let primary = try metadata.primaryMAC(patience: patience)
    let enis = ENILinks(links)
    var interfaces: [NetworkInterface] = []
    var unsettled: [MACAddress: Unsettled] = [:]
    var unread: [MACAddress: IMDSError] = [:]
    var ignored: [MACAddress: String] = [:]
    let macs = try metadata.macs(patience: patience)
    let expected = try metadata.listsNetworkCards(primary, patience: patience)
    for mac in macs where enis[mac] != nil {
      let patience = Patience(until: min(deadline, .now + Self.patienceForEach))
      do throws(IMDSError) {
        let isPrimary = mac == primary
        let reading = try metadata.read(
          mac: mac,
          isPrimary: isPrimary,
          networkCardExpected: expected,
          patience: patience
        )
        switch reading {
        case .settled(let interface):
          let reason =
            isPrimary
            ? nil
            : try Self.reason(toLeave: interface, enis[mac], links, policy, metadata, patience)
          if let reason { ignored[mac] = reason } else { interfaces.append(interface) }
        case .unsettled(let reason): unsettled[mac] = reason
        }
      } catch {
        // IMDS that is turned off answers for no ENI; any other error is about this one.
        if case .denied = error { throw error }
        unread[mac] = error
      }
    }
    var subnets: [AddressFamily: [IPPrefix]] = [:]
    do throws(IMDSError) {
      subnets = try Self.primarySubnets(primary, interfaces, metadata, patience)
    } catch {
      unread[primary] = error
    }
    network = InstanceNetwork(
      primaryMAC: primary,
      interfaces: interfaces,
      primarySubnets: subnets
    )
    self.unsettled = unsettled
    self.unread = unread
    self.ignored = ignored
    listed = Set(macs)
  }

  /// Why an ENI is left alone; nil when it is not.
  private static func reason(
    toLeave interface: NetworkInterface,
    _ link: Link?,
    _ links: [Link],
    _ policy: Policy,
    _ metadata: InstanceMetadata,
    _ patience: Patience
  ) throws(IMDSError) -> String? {
    if let port = link.flatMap({ Refusal.reason(forPort: $0, among: links) }) { return port }
    return try Refusal.reason(
      for: interface.mac,
      id: interface.id,
      policy: policy,
      metadata: metadata,
      patience: patience
    )
  }

  /// The blocks of the primary's subnet that its own facts do not give, in the families of other ENIs.
  ///
  /// Its facts give the block of IPv4; of IPv6 they give one block, and the subnet may have several.
  private static func primarySubnets(
    _ primary: MACAddress,
    _ interfaces: [NetworkInterface],
    _ metadata: InstanceMetadata,
    _ patience: Patience
  ) throws(IMDSError) -> [AddressFamily: [IPPrefix]] {
    guard let told = interfaces.first(where: { $0.mac == primary }) else { return [:] }
    let used = Set(interfaces.filter { $0.mac != primary }.flatMap(\.families).map(\.family))
    let asked = AddressFamily.allCases.filter {
      used.contains($0) && ($0 == .ipv6 || told.ipv4 == nil)
    }
    return try metadata.subnets(of: primary, asked, patience: patience)
  }

  /// The facts of one ENI; nil when they are not complete.
  func interface(_ mac: MACAddress) -> NetworkInterface? {
    network.interfaces.first { $0.mac == mac }
  }
}
