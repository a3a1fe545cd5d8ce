// SPDX-License-Identifier: Apache-2.0

import CNetlink
import NetworkModel

/// RTM_NEWADDR as an answer; RTM_GETADDR, RTM_NEWADDR and RTM_DELADDR as requests.
enum AddressMessage {
  /// The address that `message` describes, whether it is there for a time only, and whether it is
  /// deprecated; nil for another kind of message and another family.
  ///
  /// The family is checked because a kernel without IPv6 answers a dump of IPv6 addresses with
  /// those of every family it has (rtnl_dump_all), and each IPv4 address would appear twice.
  static func decode(
    _ message: NetlinkMessage,
    family: AddressFamily
  ) throws(MalformedMessage) -> (
    address: KernelState.LinkAddress, isLease: Bool, isDeprecated: Bool
  )? {
    guard message.type == .newAddress else { return nil }
    let (header, octets) = try message.payload.splitHeader(ifaddrmsg.self)
    guard header.ifa_family == family.wireValue else { return nil }
    guard let link = Link.Index(header.ifa_index) else {
      throw .badValue("an address is on a link with the index \(header.ifa_index)")
    }
    var local: IPAddress?
    var address: IPAddress?
    var attributes = AttributeReader(octets)
    while let attribute = try attributes.next() {
      switch attribute.type {
      case AddressAttribute.local: local = try attribute.address(family)
      case AddressAttribute.address: address = try attribute.address(family)
      default: break
      }
    }
    // On a point-to-point link IFA_ADDRESS is the peer's; IPv6 has no IFA_LOCAL without a peer.
    guard let own = local ?? address else {
      throw .badValue("an address message has no address")
    }
    let prefix = IPPrefix(own, length: header.ifa_prefixlen)
    let isLease = UInt32(header.ifa_flags) & Wire.permanentAddress == 0
    let isDeprecated = UInt32(header.ifa_flags) & Wire.deprecatedAddress != 0
    return (KernelState.LinkAddress(link: link, prefix: prefix), isLease, isDeprecated)
  }

  /// Asks for all addresses of a family.
  ///
  /// Equivalent to: ip -4 address show
  static func list(_ family: AddressFamily, sequence: UInt32) -> [UInt8] {
    var header = ifaddrmsg()
    header.ifa_family = family.wireValue
    return MessageWriter.message(
      .getAddress,
      [.request, .dump],
      sequence: sequence,
      header: header
    )
  }

  /// Adds an address, which brings no route: what leads to its subnet is a rule's business.
  ///
  /// An IPv6 address is usable at once (IFA_F_NODAD): the VPC assigns each address to one ENI, so
  /// duplicate address detection finds nothing and costs a second in which bind(2) fails.
  ///
  /// Equivalent to: ip address add PREFIX dev LINK noprefixroute [nodad]
  static func add(
    _ prefix: IPPrefix,
    to link: Link.Index,
    isDeprecated: Bool = false,
    sequence: UInt32
  ) -> [UInt8] {
    new(prefix, link, [.request, .acknowledge, .create, .exclusive], isDeprecated, sequence)
  }

  /// Keeps an address from being a source of new connections: preferred for no time, valid without an end.
  ///
  /// Equivalent to: ip address replace PREFIX dev LINK noprefixroute [nodad] preferred_lft 0
  static func deprecate(_ prefix: IPPrefix, on link: Link.Index, sequence: UInt32) -> [UInt8] {
    new(prefix, link, [.request, .acknowledge, .replace], true, sequence)
  }

  /// Takes the end from an address: without IFA_CACHEINFO it stays for ever.
  ///
  /// Equivalent to: ip address replace PREFIX dev LINK noprefixroute [nodad]
  static func keep(_ prefix: IPPrefix, on link: Link.Index, sequence: UInt32) -> [UInt8] {
    new(prefix, link, [.request, .acknowledge, .replace], false, sequence)
  }

  private static func new(
    _ prefix: IPPrefix,
    _ link: Link.Index,
    _ requestFlags: MessageFlags,
    _ isDeprecated: Bool,
    _ sequence: UInt32
  ) -> [UInt8] {
    var flags = Wire.addressWithoutPrefixRoute
    if prefix.family == .ipv6 { flags |= Wire.addressWithoutDuplicateDetection }
    return MessageWriter.message(
      .newAddress,
      requestFlags,
      sequence: sequence,
      header: header(prefix, link)
    ) {
      $0.attribute(AddressAttribute.local, octets: prefix.address.octets)
      $0.attribute(AddressAttribute.address, octets: prefix.address.octets)
      $0.attribute(AddressAttribute.flags, flags)
      if isDeprecated {
        // struct ifa_cacheinfo: preferred, valid, and two times that the kernel sets.
        let lifetimes: [UInt32] = [0, .max, 0, 0]
        $0.attribute(
          AddressAttribute.lifetimes,
          octets: lifetimes.flatMap { withUnsafeBytes(of: $0, Array.init) }
        )
      }
    }
  }

  /// Removes an address.
  ///
  /// Equivalent to: ip address del PREFIX dev LINK
  static func remove(_ prefix: IPPrefix, from link: Link.Index, sequence: UInt32) -> [UInt8] {
    MessageWriter.message(
      .deleteAddress,
      [.request, .acknowledge],
      sequence: sequence,
      header: header(prefix, link)
    ) {
      $0.attribute(AddressAttribute.local, octets: prefix.address.octets)
      $0.attribute(AddressAttribute.address, octets: prefix.address.octets)
    }
  }

  private static func header(_ prefix: IPPrefix, _ link: Link.Index) -> ifaddrmsg {
    var header = ifaddrmsg()
    header.ifa_family = prefix.family.wireValue
    header.ifa_prefixlen = prefix.length
    header.ifa_index = link.rawValue
    return header
  }
}
