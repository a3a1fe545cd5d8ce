// SPDX-License-Identifier: Apache-2.0

extension NetworkInterface {
  /// These facts with what the host already has of this ENI, whether or not IMDS lists it now.
  ///
  /// One reading may lack an address that is only late in IMDS, so it removes nothing: what a rule
  /// routes stays part of the plan until a second reading agrees that it is gone.
  ///
  /// - Parameters:
  ///   - sources: What the ENI's rules match: host prefixes are addresses, others are delegated
  ///     prefixes.
  ///   - onLink: The addresses on its link; the one with a subnet's length tells the subnet of a
  ///     family that IMDS does not list at all.
  ///   - subnets: The subnets that its table leads to; they tell where each address stands alone.
  /// - Returns: The facts to plan from.
  package func keeping(_ sources: [IPPrefix], onLink: [IPPrefix], subnets: [IPPrefix] = [])
    -> NetworkInterface
  {
    func part(_ family: AddressFamily, _ told: Addresses?) -> Addresses? {
      let known = onLink.first { $0.family == family && !$0.isHost && !$0.address.isLinkLocal }
      let routed = subnets.first { $0.family == family }
      guard let subnet = told?.subnet ?? known?.network ?? routed else { return told }
      // The one that brings IPv4's subnet route stays the first; IPv6's are all alike.
      let first = family == .ipv4 ? known?.address : nil
      let sources = sources.filter { $0.family == family }
      return Addresses.merged(subnet, told, with: sources, first: first) ?? told
    }
    return NetworkInterface(
      id: id,
      mac: mac,
      attachment: attachment,
      ipv4: part(.ipv4, ipv4),
      ipv6: part(.ipv6, ipv6)
    )
  }
}

extension NetworkInterface.Addresses {
  /// What is told, in its order, then what else of `sources` lies in the subnet.
  ///
  /// Before all of it comes `first`, when that is only in `sources`. Nil when there is nothing at all.
  fileprivate static func merged(
    _ subnet: IPPrefix,
    _ told: Self?,
    with sources: [IPPrefix],
    first: IPAddress?
  ) -> Self? {
    let inside = sources.filter { subnet.contains($0.address) && $0.length >= subnet.length }
    let addresses = told?.addresses ?? []
    let prefixes = told?.delegatedPrefixes ?? []
    let hosts = inside.filter(\.isHost).map(\.address).filter { !addresses.contains($0) }
    let others = inside.filter { !$0.isHost && !prefixes.contains($0) }
    guard !(addresses.isEmpty && prefixes.isEmpty && inside.isEmpty) else { return nil }
    return Self(
      subnet: subnet,
      addresses: hosts.filter { $0 == first } + addresses + hosts.filter { $0 != first },
      delegatedPrefixes: prefixes + others
    )
  }
}
