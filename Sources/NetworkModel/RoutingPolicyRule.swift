// SPDX-License-Identifier: Apache-2.0

/// A routing policy rule (ip-rule(8)): which table a packet's route is looked up in.
package struct RoutingPolicyRule: Hashable, Sendable {
  /// The family whose packets it looks at.
  package let family: AddressFamily
  /// Its place in the order.
  package let priority: RulePriority
  /// The packet's source must lie here; nil matches all, also a packet that has none yet.
  package let source: IPPrefix?
  /// Its destination must lie here; nil matches all.
  package let destination: IPPrefix?
  /// Whether it looks only at what this host itself sends (`iif lo`), and not at what it forwards.
  package let isForOwnPackets: Bool
  /// What the packet's mark must be; nil matches all.
  package let mark: PacketMark?
  /// The table to look in.
  package let table: RouteTable
  /// Ignore what the table answers when its prefix is this short or shorter: 0 ignores defaults.
  package let suppressPrefixLength: UInt8?
  /// Ignore what the table answers when it leaves by a link of this group.
  package let suppressGroup: LinkGroup?

  /// A rule with these properties.
  package init(
    family: AddressFamily,
    priority: RulePriority,
    source: IPPrefix? = nil,
    destination: IPPrefix? = nil,
    isForOwnPackets: Bool = false,
    mark: PacketMark? = nil,
    table: RouteTable,
    suppressPrefixLength: UInt8? = nil,
    suppressGroup: LinkGroup? = nil
  ) {
    self.family = family
    self.priority = priority
    self.source = source
    self.destination = destination
    self.isForOwnPackets = isForOwnPackets
    self.mark = mark
    self.table = table
    self.suppressPrefixLength = suppressPrefixLength
    self.suppressGroup = suppressGroup
  }

  /// The same rule as a stack writes it that knows no groups.
  package var withoutGroup: Self {
    Self(
      family: family,
      priority: priority,
      source: source,
      destination: destination,
      isForOwnPackets: isForOwnPackets,
      mark: mark,
      table: table,
      suppressPrefixLength: suppressPrefixLength
    )
  }

  /// Packets from `source` look in `table`.
  package static func from(_ source: IPPrefix, table: RouteTable, priority: RulePriority) -> Self {
    Self(family: source.family, priority: priority, source: source, table: table)
  }

  /// What this host sends to `subnet`, whatever its source, looks in `table`.
  ///
  /// What it forwards does not: the reply of a container to a host in an ENI's subnet, when the
  /// container's port is published on the primary, has the container's source still, and has to leave
  /// by the primary.
  package static func to(_ subnet: IPPrefix, table: RouteTable, priority: RulePriority) -> Self {
    Self(
      family: subnet.family,
      priority: priority,
      destination: subnet,
      isForOwnPackets: true,
      table: table
    )
  }

  /// Packets of a connection that came in by the ENI in `slot` look in its table.
  package static func marked(_ family: AddressFamily, _ slot: Attachment) -> Self {
    Self(family: family, priority: slot.rulePriority, mark: slot.mark, table: slot.table)
  }

  /// Packets that this host sends from the primary's subnet to an ENI's subnet look in main.
  ///
  /// Example: a host in nic1's subnet talks to the primary. The rule that leads to that subnet by nic1
  /// is for connections that this host opens; the reply would leave by nic1 too, and the VPC would drop
  /// it. Nothing else from the primary's subnet matches, so other rules keep their traffic.
  package static func primary(_ subnet: IPPrefix, to eniSubnet: IPPrefix) -> Self {
    Self(
      family: subnet.family,
      priority: .primary,
      source: subnet,
      destination: eniSubnet,
      isForOwnPackets: true,
      table: .main
    )
  }

  /// Whether the rule keeps packets from the primary's subnet in main, for one ENI's subnet or, as
  /// earlier versions wrote it, for every destination.
  package var isOfPrimary: Bool {
    guard priority == .primary, table == .main, source != nil else { return false }
    return isForOwnPackets == (destination != nil)
  }

  /// The host-wide rule: use main for what is specific and does not leave by an ENI.
  ///
  /// Example: a container behind docker0 answers a connection that came in by nic1. The reply's
  /// source is nic1's address, so nic1's table would send it to the VPC router. Main's docker0
  /// route is specific and no ENI is in it, so it wins. A reply to a host in the *primary's*
  /// subnet is specific in main too, but leaves by an ENI: ignored here, so nic1's own table
  /// decides and the VPC's source check passes.
  package static func hostWide(_ family: AddressFamily) -> Self {
    Self(
      family: family,
      priority: .hostWide,
      table: .main,
      suppressPrefixLength: 0,
      suppressGroup: .eni
    )
  }
}
