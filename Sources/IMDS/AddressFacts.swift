// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// Makes an ENI's part of one family of the values that its keys hold.
struct AddressFacts {
  private let family: AddressFamily
  private let keys: InterfaceKey.Family
  private let values: [InterfaceKey: String]

  init(_ family: AddressFamily, values: [InterfaceKey: String]) {
    self.family = family
    keys = .of(family)
    self.values = values
  }

  /// A list that is there and holds nothing, which IMDS documents for no key.
  var emptyList: InterfaceKey? {
    [keys.addresses, keys.prefixes].first { values[$0] != nil && words($0).isEmpty }
  }

  /// The part, nil when the ENI has neither address nor prefix of the family.
  func addresses() throws(Doubt) -> NetworkInterface.Addresses? {
    let addresses = try parseAddresses()
    let prefixes = try parsePrefixes()
    guard !addresses.isEmpty || !prefixes.isEmpty else { return nil }
    let subnets = try parseSubnets()
    for prefix in prefixes where subnets.contains(where: { prefix.length <= $0.length }) {
      throw .malformed(keys.prefixes, "\(prefix)", expected: "a part of the subnet")
    }
    let subnet = try subnet(of: subnets, holding: addresses, prefixes)
    for address in addresses where isReserved(address, in: subnet) {
      throw .malformed(keys.addresses, "\(address)", expected: "no reserved address of \(subnet)")
    }
    for prefix in prefixes where holdsGateway(prefix, of: subnet) {
      throw .malformed(keys.prefixes, "\(prefix)", expected: "a prefix without the gateway")
    }
    guard
      let part = NetworkInterface.Addresses(
        subnet: subnet,
        addresses: addresses,
        delegatedPrefixes: prefixes
      )
    else { throw .malformed(keys.subnets, "\(subnet)", expected: "a subnet's block") }
    return part
  }

  private func parseAddresses() throws(Doubt) -> [IPAddress] {
    var addresses: [IPAddress] = []
    for word in words(keys.addresses) {
      guard let address = IPAddress(word), address.family == family, Self.isAssignable(address),
        !addresses.contains(address)
      else {
        throw .malformed(keys.addresses, word, expected: "different unicast \(family) addresses")
      }
      addresses.append(address)
    }
    return addresses
  }

  private func parsePrefixes() throws(Doubt) -> [IPPrefix] {
    var prefixes: [IPPrefix] = []
    for word in words(keys.prefixes) {
      guard let prefix = IPPrefix(word), prefix.family == family, prefix == prefix.network,
        Self.isAssignable(prefix.address),
        !prefixes.contains(where: { $0.contains(prefix.address) || prefix.contains($0.address) })
      else {
        throw .malformed(
          keys.prefixes,
          word,
          expected: "\(family) prefixes that do not overlap"
        )
      }
      prefixes.append(prefix)
    }
    return prefixes
  }

  private func parseSubnets() throws(Doubt) -> [IPPrefix] {
    guard values[keys.subnets] != nil else { throw .unsettled(.keyNotListed(keys.subnets)) }
    var subnets: [IPPrefix] = []
    for word in words(keys.subnets) {
      guard let subnet = IPPrefix(word), subnet.family == family,
        NetworkInterface.Addresses(subnet: subnet, addresses: []) != nil
      else { throw .malformed(keys.subnets, word, expected: "a subnet's \(family) block") }
      subnets.append(subnet)
    }
    guard !subnets.isEmpty else { throw .unsettled(.keyVanished(keys.subnets)) }
    return subnets
  }

  /// The block that holds all of it; of several IPv6 blocks only one can.
  private func subnet(
    of subnets: [IPPrefix],
    holding addresses: [IPAddress],
    _ prefixes: [IPPrefix]
  ) throws(Doubt) -> IPPrefix {
    let all = addresses + prefixes.map(\.address)
    guard let subnet = subnets.first(where: { all.allSatisfy($0.contains) }) else {
      // Name the list that no block can hold; the prefixes only when the addresses fit somewhere.
      let isAddress = !subnets.contains { addresses.allSatisfy($0.contains) }
      throw .unsettled(
        .inconsistent(isAddress ? keys.addresses : keys.prefixes, keys.subnets)
      )
    }
    return subnet
  }

  private func words(_ key: InterfaceKey) -> [Substring] {
    MetadataText.words(values[key] ?? "")
  }

  /// Whether the VPC keeps the address for itself: the network, for IPv4 also the router and the
  /// last one (VPC user guide, "Subnet sizing").
  private func isReserved(_ address: IPAddress, in subnet: IPPrefix) -> Bool {
    let hosts = (UInt128(1) << UInt128(family.bitWidth - subnet.length)) - 1
    let isLast = address.bits & hosts == hosts
    return address == subnet.address
      || family == .ipv4 && (isLast || address == subnet.address(at: 1))
  }

  private func holdsGateway(_ prefix: IPPrefix, of subnet: IPPrefix) -> Bool {
    family == .ipv4 && subnet.address(at: 1).map(prefix.contains) == true
  }

  /// Whether an ENI can have the address: unicast, with a meaning beyond host and link
  /// (RFC 6890 for IPv4, RFC 4291 for IPv6).
  private static func isAssignable(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let address):
      switch address.octets[0] {
      case 0, 127, 224...: false
      case 169: address.octets[1] != 254
      default: true
      }
    case .v6(let address):
      // ::/8 holds the unspecified, the loopback and the IPv4-mapped addresses.
      !address.isLinkLocal && address.octets[0] != 0xff && address.octets[0] != 0
    }
  }
}
