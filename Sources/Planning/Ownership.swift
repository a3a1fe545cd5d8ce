// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Which ENI each address belongs to, where IMDS lists one for several ENIs, as ENIs of two VPCs may have.
///
/// Replies from an address can leave by one ENI only. The primary has it first, then the ENI that the
/// kernel has it on, then the one in the lower slot.
package struct Ownership: Sendable {
  /// An ENI that lists addresses of another one.
  package struct Contest: Hashable, Sendable, CustomStringConvertible {
    /// The ENI that does not get the addresses.
    package let eni: NetworkInterface.ID
    /// The addresses and delegated prefixes.
    package fileprivate(set) var sources: [IPPrefix]
    /// The ENI that they belong to.
    package let owner: NetworkInterface.ID

    package var description: String {
      let list = sources.map { $0.isHost ? "\($0.address)" : "\($0)" }.joined(separator: ", ")
      return
        "IMDS lists \(list) for \(eni) and also for \(owner), and replies can leave by one ENI "
        + "only; give one of the two other addresses, or detach one"
    }
  }

  /// The network in which each ENI has only addresses of its own; without the ENIs in ``held``.
  package let network: InstanceNetwork
  /// The ENIs that list addresses of another one.
  package let contests: [MACAddress: Contest]
  /// Those of them that are not configured: they stay held, since an ENI is taken over whole.
  package let held: Set<MACAddress>

  /// The owners of all addresses in `network`; an ENI without a link has none.
  package init(_ network: InstanceNetwork, in state: KernelIndex, by planner: Planner) {
    var contests: [MACAddress: Contest] = [:]
    for (left, right) in Self.overlaps(network.interfaces, in: state) {
      let isLeft = Self.precedes(left, right, network.primaryMAC, state)
      let (owner, loser) = isLeft ? (left, right) : (right, left)
      contests[
        loser.eni.mac,
        default: Contest(eni: loser.eni.id, sources: [], owner: owner.eni.id)
      ].sources.append(loser.source)
    }
    let held = network.interfaces.filter {
      contests[$0.mac] != nil && !Self.isConfigured($0, in: state, by: planner)
    }
    self.contests = contests
    self.held = Set(held.map(\.mac))
    self.network = InstanceNetwork(
      primaryMAC: network.primaryMAC,
      interfaces: network.interfaces.filter { !held.contains($0) }.map { interface in
        contests[interface.mac].map { interface.without($0.sources) } ?? interface
      },
      primarySubnets: network.primarySubnets
    )
  }

  /// The ENIs that have an address or a delegated prefix of `interface` in the kernel.
  ///
  /// They have it on their link, or in the rules of their slot; `slots` has nil for an ENI without one.
  /// The primary has no rules, so what its delegated prefixes contain shows only when IMDS lists it.
  package static func rivals(
    of interface: NetworkInterface,
    among slots: [MACAddress: Attachment?],
    in state: KernelIndex
  ) -> Set<MACAddress> {
    let own = interface.sources
    let rivals = slots.filter { mac, slot in
      guard mac != interface.mac, let link = state.link(mac: mac) else { return false }
      let known =
        state.addresses(on: link.index).map(\.address.hostPrefix)
        + (slot.map { state.sources(of: $0) } ?? [])
      return known.contains { source in own.contains { $0.overlaps(source) } }
    }
    return Set(rivals.keys)
  }

  /// The facts of one ENI with its own addresses only; nil when it is held or its facts are not known.
  package func interface(_ mac: MACAddress) -> NetworkInterface? {
    network.interfaces.first { $0.mac == mac }
  }

  private struct Claim {
    let source: IPPrefix
    let eni: NetworkInterface
  }

  /// The pairs of claims of two ENIs, one of which contains the other.
  ///
  /// In this order a prefix comes before all that it contains, with nothing else between.
  private static func overlaps(
    _ interfaces: [NetworkInterface],
    in state: KernelIndex
  ) -> [(Claim, Claim)] {
    let claims = interfaces.filter { state.link(mac: $0.mac) != nil }.flatMap { eni in
      eni.sources.map { Claim(source: $0, eni: eni) }
    }.sorted { $0.source < $1.source }
    var enclosing: [Claim] = []
    var pairs: [(Claim, Claim)] = []
    for claim in claims {
      while let last = enclosing.last, !last.source.contains(claim.source.address) {
        enclosing.removeLast()
      }
      pairs += enclosing.filter { $0.eni.mac != claim.eni.mac }.map { ($0, claim) }
      enclosing.append(claim)
    }
    return pairs
  }

  private static func precedes(
    _ left: Claim,
    _ right: Claim,
    _ primary: MACAddress,
    _ state: KernelIndex
  ) -> Bool {
    if left.eni.mac == primary || right.eni.mac == primary { return left.eni.mac == primary }
    let (isLeft, isRight) = (isInForce(left, state), isInForce(right, state))
    return isLeft != isRight ? isLeft : left.eni.attachment < right.eni.attachment
  }

  private static func isInForce(_ claim: Claim, _ state: KernelIndex) -> Bool {
    guard let link = state.link(mac: claim.eni.mac) else { return false }
    return state.addresses(on: link.index).contains { claim.source.contains($0.address) }
      || state.sources(of: claim.eni.attachment).contains(claim.source)
  }

  /// Whether the ENI carries traffic already, by rules of its slot.
  private static func isConfigured(
    _ eni: NetworkInterface,
    in state: KernelIndex,
    by planner: Planner
  ) -> Bool {
    guard let link = state.link(mac: eni.mac), link.isUp,
      link.name == planner.name(of: eni.attachment)
    else { return false }
    return !state.sources(of: eni.attachment).isEmpty
  }
}

extension NetworkInterface {
  /// Its addresses and delegated prefixes.
  package var sources: [IPPrefix] {
    families.flatMap { $0.addresses.map(\.hostPrefix) + $0.delegatedPrefixes }
  }

  fileprivate func without(_ sources: [IPPrefix]) -> NetworkInterface {
    func rest(_ part: Addresses?) -> Addresses? {
      guard let part else { return nil }
      let addresses = part.addresses.filter { !sources.contains($0.hostPrefix) }
      let prefixes = part.delegatedPrefixes.filter { !sources.contains($0) }
      guard !(addresses.isEmpty && prefixes.isEmpty) else { return nil }
      return Addresses(subnet: part.subnet, addresses: addresses, delegatedPrefixes: prefixes)
    }
    return NetworkInterface(
      id: id,
      mac: mac,
      attachment: attachment,
      ipv4: rest(ipv4),
      ipv6: rest(ipv6)
    )
  }
}
