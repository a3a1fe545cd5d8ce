// SPDX-License-Identifier: Apache-2.0

import CNetlink
import NetworkModel

/// RTM_NEWROUTE as an answer; RTM_GETROUTE, RTM_NEWROUTE and RTM_DELROUTE as requests.
enum RouteMessage {
  /// The route that `message` describes; nil for another kind of message, another family (see
  /// ``AddressMessage/decode(_:family:)``), a route that is not unicast, one of the table `local`
  /// and a cached clone of another route.
  static func decode(
    _ message: NetlinkMessage,
    family: AddressFamily
  ) throws(MalformedMessage) -> KernelState.LinkRoute? {
    guard message.type == .newRoute else { return nil }
    let (header, octets) = try message.payload.splitHeader(rtmsg.self)
    guard header.rtm_family == family.wireValue, header.rtm_type == Wire.unicast,
      header.rtm_flags & Wire.clonedRoute == 0
    else { return nil }
    var found = Properties(family: family, table: UInt32(header.rtm_table))
    var attributes = AttributeReader(octets)
    while let attribute = try attributes.next() { try found.take(attribute) }
    guard found.table != Wire.localTable else { return nil }
    let route = Route(
      destination: IPPrefix(found.destination, length: header.rtm_dst_len),
      gateway: found.isMultipath ? nil : found.gateway,
      table: RouteTable(rawValue: found.table),
      metric: found.metric,
      protocol: RouteProtocol(rawValue: header.rtm_protocol)
    )
    return KernelState.LinkRoute(link: found.isMultipath ? nil : found.link, route: route)
  }

  /// Asks for the routes of a family that pass a filter.
  ///
  /// Equivalent to: ip -4 route show table TABLE dev LINK proto PROTOCOL
  static func list(
    _ family: AddressFamily,
    _ filter: RouteFilter,
    sequence: UInt32
  ) -> [UInt8] {
    var header = rtmsg()
    header.rtm_family = family.wireValue
    header.rtm_protocol = filter.protocol?.rawValue ?? 0
    return MessageWriter.message(.getRoute, [.request, .dump], sequence: sequence, header: header) {
      if let table = filter.table { $0.attribute(RouteAttribute.table, table.rawValue) }
      if let link = filter.link { $0.attribute(RouteAttribute.outputLink, link.rawValue) }
    }
  }

  /// Whether a notification is about a route that no ENI has to do with: one of main that is no default
  /// route and that no DHCP client, router advertisement or address has brought.
  static func isIrrelevant(_ message: NetlinkMessage) throws(MalformedMessage) -> Bool {
    guard message.type == .newRoute || message.type == .deleteRoute else { return false }
    let (header, _) = try message.payload.splitHeader(rtmsg.self)
    let protocols: [RouteProtocol] = [.kernel, .dhcp, .routerAdvertisement]
    return UInt32(header.rtm_table) == RouteTable.main.rawValue && header.rtm_dst_len > 0
      && !protocols.contains(RouteProtocol(rawValue: header.rtm_protocol))
  }

  /// Asks how a packet would be sent.
  ///
  /// Equivalent to: ip route get DESTINATION from SOURCE
  static func lookUp(_ question: RouteLookup.Question, sequence: UInt32) -> [UInt8] {
    let family = question.destination.family
    var header = rtmsg()
    header.rtm_family = family.wireValue
    header.rtm_dst_len = family.bitWidth
    header.rtm_src_len = question.source == nil ? 0 : family.bitWidth
    // Or the answer names no other table than main and local; IPv6 names it always, and refuses this.
    if family == .ipv4 { header.rtm_flags = Wire.lookUpTable }
    return MessageWriter.message(
      .getRoute,
      [.request, .acknowledge],
      sequence: sequence,
      header: header
    ) {
      $0.attribute(RouteAttribute.destination, octets: question.destination.octets)
      if let source = question.source {
        $0.attribute(RouteAttribute.source, octets: source.octets)
      }
    }
  }

  /// The answer to a question; nil for another kind of message.
  static func decode(
    _ message: NetlinkMessage,
    answering question: RouteLookup.Question
  ) throws(MalformedMessage) -> RouteLookup? {
    guard message.type == .newRoute else { return nil }
    let family = question.destination.family
    let (header, octets) = try message.payload.splitHeader(rtmsg.self)
    guard header.rtm_family == family.wireValue else { return nil }
    var found = Properties(family: family, table: UInt32(header.rtm_table))
    var attributes = AttributeReader(octets)
    while let attribute = try attributes.next() { try found.take(attribute) }
    let outcome: RouteLookup.Outcome =
      switch header.rtm_type {
      case Wire.local: .isLocal
      case Wire.unicast: found.link.map { .leaves($0, gateway: found.gateway) } ?? .isRefused
      default: .isRefused
      }
    return RouteLookup(question, outcome, table: RouteTable(rawValue: found.table))
  }

  /// Adds a route; its place, table, destination and metric, must be free.
  ///
  /// Equivalent to: ip route add DESTINATION via GATEWAY dev LINK table TABLE proto PROTOCOL
  static func add(_ route: Route, by link: Link.Index, sequence: UInt32) -> [UInt8] {
    var header = header(route)
    // Scope says how far away the next hop is; IPv6 has no use for it.
    header.rtm_scope =
      route.gateway == nil && route.destination.family == .ipv4
      ? Wire.linkScope : Wire.universeScope
    return MessageWriter.message(
      .newRoute,
      [.request, .acknowledge, .create, .exclusive],
      sequence: sequence,
      header: header
    ) { $0.attributes(route, link) }
  }

  /// Removes the route with this destination, gateway, link, table and protocol; metric 0 matches
  /// the one with the lowest metric.
  ///
  /// Equivalent to: ip route del DESTINATION via GATEWAY dev LINK table TABLE proto PROTOCOL
  static func remove(_ route: Route, by link: Link.Index, sequence: UInt32) -> [UInt8] {
    var header = header(route)
    // The kernel's wildcard: whatever scope the route was added with.
    header.rtm_scope = Wire.nowhereScope
    return MessageWriter.message(
      .deleteRoute,
      [.request, .acknowledge],
      sequence: sequence,
      header: header
    ) { $0.attributes(route, link) }
  }

  private static func header(_ route: Route) -> rtmsg {
    var header = rtmsg()
    header.rtm_family = route.destination.family.wireValue
    header.rtm_dst_len = route.destination.length
    // The header has room for tables up to 255; RTA_TABLE has for all and wins.
    header.rtm_table = UInt8(exactly: route.table.rawValue) ?? Wire.unspecifiedTable
    header.rtm_protocol = route.protocol.rawValue
    header.rtm_type = Wire.unicast
    return header
  }

  private struct Properties {
    let family: AddressFamily
    var table: UInt32
    var destination: IPAddress
    var gateway: IPAddress?
    var link: Link.Index?
    var metric: UInt32 = 0
    var isMultipath = false

    init(family: AddressFamily, table: UInt32) {
      self.family = family
      self.table = table
      destination = IPPrefix.all(family).address
    }

    mutating func take(_ attribute: Attribute) throws(MalformedMessage) {
      switch attribute.type {
      case RouteAttribute.table: table = try attribute.integer()
      case RouteAttribute.destination: destination = try attribute.address(family)
      case RouteAttribute.gateway: gateway = try attribute.address(family)
      case RouteAttribute.via: gateway = try attribute.via()
      case RouteAttribute.outputLink: link = Link.Index(try attribute.integer())
      case RouteAttribute.priority: metric = try attribute.integer()
      case RouteAttribute.multipath: isMultipath = true
      default: break
      }
    }
  }
}

extension Attribute {
  /// A gateway of another family than the route's (struct rtvia): the family, then its octets.
  func via() throws(MalformedMessage) -> IPAddress? {
    guard let family = AddressFamily(wireValue: try integer(as: UInt16.self)) else { return nil }
    return try Attribute(type: type, value: value.dropFirst(2)).address(family)
  }
}

extension MessageWriter {
  fileprivate mutating func attributes(_ route: Route, _ link: Link.Index) {
    if !route.destination.isDefault {
      attribute(RouteAttribute.destination, octets: route.destination.address.octets)
    }
    if let gateway = route.gateway {
      if gateway.family == route.destination.family {
        attribute(RouteAttribute.gateway, octets: gateway.octets)
      } else {
        let family = UInt16(gateway.family.wireValue)
        attribute(
          RouteAttribute.via,
          octets: withUnsafeBytes(of: family, Array.init) + gateway.octets
        )
      }
    }
    attribute(RouteAttribute.outputLink, link.rawValue)
    attribute(RouteAttribute.table, route.table.rawValue)
    if route.metric != 0 { attribute(RouteAttribute.priority, route.metric) }
  }
}
