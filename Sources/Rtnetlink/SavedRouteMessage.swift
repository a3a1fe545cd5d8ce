// SPDX-License-Identifier: Apache-2.0

import CNetlink
import NetworkModel

/// A default route of main as the kernel dumps it, and the request that gives it back.
enum SavedRouteMessage {
  /// Attributes that take the place of the next hops where a next-hop object has an id
  /// (`nexthop and id are mutually exclusive`).
  private static let replacedByObject: Set<AttributeType> = [
    RouteAttribute.outputLink, RouteAttribute.gateway, RouteAttribute.via, RouteAttribute.multipath,
  ]
  /// RTNH_F_ONLINK and RTNH_F_PERVASIVE: the flags that a request may have.
  ///
  /// The others are the kernel's account of how things are.
  private static let requestFlags: UInt32 = 0x4 | 0x2
  /// USER_HZ, the unit of `rta_expires`.
  private static let ticksPerSecond: Int32 = 100

  /// The message of `route`, whole.
  static func decode(
    _ message: NetlinkMessage,
    _ route: KernelState.LinkRoute
  ) throws(MalformedMessage) -> SavedRoute {
    if let link = route.link, !route.route.isDefaultOfMain {
      return SavedRoute(route: route, nextHops: [.init(link: link, gateway: route.route.gateway)])
    }
    let (_, octets) = try message.payload.splitHeader(rtmsg.self)
    var hops: [SavedRoute.NextHop] = []
    var source: IPAddress?
    var attributes = AttributeReader(octets)
    while let attribute = try attributes.next() {
      switch attribute.type {
      case RouteAttribute.multipath:
        hops = try nextHops(attribute.value, route.route.destination.family)
      case RouteAttribute.preferredSource:
        source = try attribute.address(route.route.destination.family)
      default: break
      }
    }
    if let link = route.link { hops = [.init(link: link, gateway: route.route.gateway)] }
    return SavedRoute(
      route: route,
      nextHops: hops,
      source: source,
      octets: Array(message.payload)
    )
  }

  /// Adds the route again, whose place must be free.
  ///
  /// Equivalent to: ip route restore
  static func add(_ saved: SavedRoute, sequence: UInt32) -> [UInt8] {
    let payload = saved.octets[...]
    guard var header = payload.load(as: rtmsg.self) else { return [] }
    header.rtm_flags &= requestFlags
    let attributes = attributes(payload.dropFirst(MemoryLayout<rtmsg>.size.aligned))
    let hasObject = attributes.contains { $0.type == RouteAttribute.nextHopObject }
    return MessageWriter.message(
      .newRoute,
      [.request, .acknowledge, .create, .exclusive],
      sequence: sequence,
      header: header
    ) { writer in
      for attribute in attributes
      where !(hasObject && replacedByObject.contains(attribute.type)) {
        write(attribute, to: &writer)
      }
    }
  }

  private static func attributes(_ octets: ArraySlice<UInt8>) -> [Attribute] {
    var attributes: [Attribute] = []
    var reader = AttributeReader(octets)
    while let attribute = try? reader.next() { attributes.append(attribute) }
    return attributes
  }

  private static func write(_ attribute: Attribute, to writer: inout MessageWriter) {
    switch attribute.type {
    case RouteAttribute.cacheInformation:
      // A request has the seconds that are left in an attribute of its own.
      let information = attribute.value.load(as: rta_cacheinfo.self)
      guard let expires = information?.rta_expires, expires != 0 else { return }
      writer.attribute(RouteAttribute.expires, UInt32(max(1, expires / ticksPerSecond)))
    case RouteAttribute.multipath:
      writer.attribute(attribute.type, octets: withoutState(Array(attribute.value)))
    default: writer.attribute(attribute.type, octets: Array(attribute.value))
    }
  }

  /// Next hops with the flags that a request may have.
  private static func withoutState(_ octets: [UInt8]) -> [UInt8] {
    var octets = octets
    var start = 0
    while let hop = octets[start...].load(as: rtnexthop.self),
      hop.rtnh_len >= MemoryLayout<rtnexthop>.size
    {
      octets[start + MemoryLayout<UInt16>.size] &= UInt8(truncatingIfNeeded: requestFlags)
      start += Int(hop.rtnh_len).aligned
      guard start < octets.count else { break }
    }
    return octets
  }

  private static func nextHops(
    _ octets: ArraySlice<UInt8>,
    _ family: AddressFamily
  ) throws(MalformedMessage) -> [SavedRoute.NextHop] {
    var hops: [SavedRoute.NextHop] = []
    var rest = octets
    while !rest.isEmpty {
      let (hop, _) = try rest.splitHeader(rtnexthop.self)
      let length = Int(hop.rtnh_len)
      guard length >= MemoryLayout<rtnexthop>.size else { throw .lengthTooSmall(length) }
      guard length <= rest.count else { throw .lengthPastEnd(length, available: rest.count) }
      var gateway: IPAddress?
      var attributes = AttributeReader(
        rest.prefix(length).dropFirst(MemoryLayout<rtnexthop>.size)
      )
      while let attribute = try attributes.next() {
        switch attribute.type {
        case RouteAttribute.gateway: gateway = try attribute.address(family)
        case RouteAttribute.via: gateway = try attribute.via()
        default: break
        }
      }
      if let link = Link.Index(UInt32(bitPattern: hop.rtnh_ifindex)) {
        hops.append(.init(link: link, gateway: gateway))
      }
      rest = rest.dropFirst(length.aligned)
    }
    return hops
  }
}
