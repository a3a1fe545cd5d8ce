// SPDX-License-Identifier: Apache-2.0

/// The routes that a reader of the kernel's state needs.
///
/// A router has a million routes in main that concern no ENI of ours.
package enum RouteScope: Hashable, Sendable {
  /// Unicast routes of all tables but `local`.
  case all
  /// The routes of the ENIs' tables, which are these and those that rules or the names of links
  /// mention; and of main, the default routes and the routes by the links with these MACs.
  ///
  /// Other routes of main may be among them. A large main shows the routes by a link only while a
  /// DHCP client has left an address on that link too, or a default route.
  case enis(tables: Set<RouteTable>, macs: Set<MACAddress>)

  /// The scope of one ENI.
  package static func eni(_ interface: NetworkInterface) -> Self {
    .enis(tables: [interface.attachment.table], macs: [interface.mac])
  }
}

extension KernelState {
  /// The ENIs' tables that a rule leads to, or that a link's alternative name mentions.
  package var tablesOfENIs: Set<RouteTable> {
    let named = links.flatMap(\.alternativeNames).compactMap {
      Attachment(alternativeName: $0)?.table
    }
    return Set(rules.map(\.table).filter(RouteTable.reserved.contains)).union(named)
  }
}
