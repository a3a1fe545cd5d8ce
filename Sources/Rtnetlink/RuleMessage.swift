// SPDX-License-Identifier: Apache-2.0

import CNetlink
import NetworkModel

/// RTM_NEWRULE as an answer; RTM_GETRULE, RTM_NEWRULE and RTM_DELRULE as requests.
enum RuleMessage {
  /// The rule that `message` describes; nil for another kind of message, another family, and for
  /// every rule that says more than ``RoutingPolicyRule`` can.
  ///
  /// Attributes are taken from a list of known ones, because a rule that also looks at a user, a
  /// port or a selector of a future kernel would otherwise look like ours, and be removed as ours.
  static func decode(
    _ message: NetlinkMessage,
    family: AddressFamily
  ) throws(MalformedMessage) -> RoutingPolicyRule? {
    guard message.type == .newRule else { return nil }
    let (header, octets) = try message.payload.splitHeader(fib_rule_hdr.self)
    guard header.family == family.wireValue else { return nil }
    var found = Properties(family: family, table: UInt32(header.table))
    var attributes = AttributeReader(octets)
    while let attribute = try attributes.next() { try found.take(attribute) }
    guard header.action == Wire.toTable, header.flags & Wire.invertedRule == 0,
      header.tos == 0, found.isExpressible, found.isMarkExpressible,
      (header.src_len == 0) == (found.source == nil),
      (header.dst_len == 0) == (found.destination == nil)
    else { return nil }
    return RoutingPolicyRule(
      family: family,
      priority: RulePriority(rawValue: found.priority),
      source: found.source.map { IPPrefix($0, length: header.src_len) },
      destination: found.destination.map { IPPrefix($0, length: header.dst_len) },
      isForOwnPackets: found.isForOwnPackets,
      mark: found.packetMark,
      table: RouteTable(rawValue: found.table),
      suppressPrefixLength: found.suppressPrefixLength,
      suppressGroup: found.suppressGroup
    )
  }

  /// Asks for the rules of a family.
  ///
  /// Equivalent to: ip -4 rule show
  static func list(_ family: AddressFamily, sequence: UInt32) -> [UInt8] {
    var header = fib_rule_hdr()
    header.family = family.wireValue
    return MessageWriter.message(.getRule, [.request, .dump], sequence: sequence, header: header)
  }

  /// Adds a rule and marks it as ours (FRA_PROTOCOL).
  ///
  /// The same rule with another protocol, as networkd adds it, is no duplicate to the kernel: both
  /// are then there. Compare with the rules that are there before adding.
  ///
  /// Equivalent to: ip rule add priority PRIORITY from PREFIX to PREFIX lookup TABLE protocol 169
  static func add(_ rule: RoutingPolicyRule, sequence: UInt32) -> [UInt8] {
    MessageWriter.message(
      .newRule,
      [.request, .acknowledge, .create, .exclusive],
      sequence: sequence,
      header: header(rule)
    ) {
      $0.attributes(rule)
      $0.attribute(RuleAttribute.protocol, RouteProtocol.eniInit.rawValue)
    }
  }

  /// Removes a rule, whoever added it.
  ///
  /// The kernel compares what the request names and takes the first match. A foreign rule of the
  /// same priority, source and table that also names a mark would match; such a twin is the
  /// administrator's in a range that is documented as ours.
  ///
  /// Equivalent to: ip rule del priority PRIORITY from PREFIX lookup TABLE
  static func remove(_ rule: RoutingPolicyRule, sequence: UInt32) -> [UInt8] {
    MessageWriter.message(
      .deleteRule,
      [.request, .acknowledge],
      sequence: sequence,
      header: header(rule)
    ) { $0.attributes(rule) }
  }

  private static func header(_ rule: RoutingPolicyRule) -> fib_rule_hdr {
    var header = fib_rule_hdr()
    header.family = rule.family.wireValue
    header.src_len = rule.source?.length ?? 0
    header.dst_len = rule.destination?.length ?? 0
    header.table = UInt8(exactly: rule.table.rawValue) ?? Wire.unspecifiedTable
    header.action = Wire.toTable
    return header
  }

  private struct Properties {
    let family: AddressFamily
    var table: UInt32
    // The rule for the table `local` has no FRA_PRIORITY: the kernel leaves out 0.
    var priority: UInt32 = 0
    var source: IPAddress?
    var destination: IPAddress?
    var isForOwnPackets = false
    var mark: UInt32?
    var markMask: UInt32?
    var suppressPrefixLength: UInt8?
    var suppressGroup: LinkGroup?
    var isExpressible = true

    init(family: AddressFamily, table: UInt32) {
      self.family = family
      self.table = table
    }

    var packetMark: PacketMark? {
      guard let mark, let markMask else { return nil }
      return PacketMark(value: mark, mask: markMask)
    }

    /// Whether a mark is in our bits, and all that the rule looks at; the kernel sends a mask with each,
    /// and one that asks for 0 without a mark.
    var isMarkExpressible: Bool {
      guard mark != nil || markMask != nil else { return true }
      return packetMark?.mask == PacketMark.eniMask && source == nil && destination == nil
    }

    mutating func take(_ attribute: Attribute) throws(MalformedMessage) {
      switch attribute.type {
      case RuleAttribute.table: table = try attribute.integer()
      case RuleAttribute.priority: priority = try attribute.integer()
      case RuleAttribute.source: source = try attribute.address(family)
      case RuleAttribute.destination: destination = try attribute.address(family)
      case RuleAttribute.incomingLink:
        isForOwnPackets = try attribute.text() == RuleAttribute.loopback
        if !isForOwnPackets { isExpressible = false }
      case RuleAttribute.mark: mark = try attribute.integer()
      case RuleAttribute.markMask: markMask = try attribute.integer()
      case RuleAttribute.suppressPrefixLength:
        // All ones, which the kernel sends with every rule, is "none".
        let length: UInt32 = try attribute.integer()
        suppressPrefixLength = UInt8(exactly: length)
        if suppressPrefixLength == nil, length != .max { isExpressible = false }
      case RuleAttribute.suppressGroup:
        let group: UInt32 = try attribute.integer()
        suppressGroup = group == .max ? nil : LinkGroup(rawValue: group)
      case RuleAttribute.protocol, RuleAttribute.padding: break
      default: isExpressible = false
      }
    }
  }
}

extension MessageWriter {
  fileprivate mutating func attributes(_ rule: RoutingPolicyRule) {
    attribute(RuleAttribute.priority, rule.priority.rawValue)
    attribute(RuleAttribute.table, rule.table.rawValue)
    if let source = rule.source, source.length > 0 {
      attribute(RuleAttribute.source, octets: source.network.address.octets)
    }
    if let destination = rule.destination, destination.length > 0 {
      attribute(RuleAttribute.destination, octets: destination.network.address.octets)
    }
    if rule.isForOwnPackets { attribute(RuleAttribute.incomingLink, text: RuleAttribute.loopback) }
    if let mark = rule.mark {
      attribute(RuleAttribute.mark, mark.value)
      attribute(RuleAttribute.markMask, mark.mask)
    }
    if let length = rule.suppressPrefixLength {
      attribute(RuleAttribute.suppressPrefixLength, UInt32(length))
    }
    if let group = rule.suppressGroup { attribute(RuleAttribute.suppressGroup, group.rawValue) }
  }
}
