// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// One ENI in a status report.
struct InterfaceStatus: Encodable {
  /// What an ENI is at the moment.
  enum State: String, Encodable {
    case primary
    case routed
    case held
    case incomplete
    case unknown
  }

  /// The kernel's index.
  let index: UInt32
  /// The current name.
  let name: String
  /// The ENI's id, from its alternative name or its record; nil until it is known.
  let eni: String?
  /// The MAC.
  let mac: String?
  /// The network card and device number, from the same; nil until known.
  let networkCard: UInt8?
  /// See ``networkCard``.
  let deviceNumber: UInt8?
  /// Its addresses with prefix lengths, link-local ones left out.
  let addresses: [String]
  /// Its route table; nil for the primary and until known.
  let table: UInt32?
  /// Bytes.
  let mtu: UInt32
  /// What it is at the moment.
  let state: State

  private enum CodingKeys: String, CodingKey {
    case index
    case name
    case eni
    case mac
    case networkCard = "network-card"
    case deviceNumber = "device-number"
    case addresses
    case table
    case mtu
    case state
  }

  /// The status of a link that udev marked with `role`.
  ///
  /// The alternative names come with the first attach of a boot, which needs IMDS; the record is there
  /// before. A record counts more than udev's mark, which is as old as the link's last event.
  init(
    _ link: Link,
    role: InterfaceRecord.Role,
    record: InterfaceRecord?,
    namePrefix: String,
    state: KernelState
  ) {
    let role = record?.role ?? role
    let slot =
      link.alternativeNames.lazy.compactMap(Attachment.init(alternativeName:)).first
      ?? record?.name.flatMap { Attachment(name: $0, prefix: namePrefix) }
    let prefixes = state.addresses.filter { $0.link == link.index }.map(\.prefix)
      .filter { !$0.address.isLinkLocal }
    index = link.index.rawValue
    name = link.name.text
    eni = link.alternativeNames.first { NetworkInterface.ID($0) != nil } ?? record?.id?.text
    mac = link.mac?.description
    networkCard = slot?.networkCard
    deviceNumber = slot?.deviceNumber
    addresses = prefixes.map(\.description)
    table = role == .primary ? nil : slot?.table.rawValue
    mtu = link.mtu
    self.state =
      switch role {
      case .primary: .primary
      case .unknown: .unknown
      case .secondary: Self.state(of: link, slot, prefixes, state)
      }
  }

  /// Routed: up, every address has its rule, and the table a default route for each family.
  private static func state(
    of link: Link,
    _ slot: Attachment?,
    _ prefixes: [IPPrefix],
    _ state: KernelState
  ) -> State {
    guard link.isUp || !prefixes.isEmpty else { return .held }
    guard let slot, !prefixes.isEmpty else { return .incomplete }
    let isComplete = prefixes.allSatisfy { prefix in
      let hasRule = state.rules.contains {
        $0.table == slot.table && ($0.source?.contains(prefix.address) ?? false)
      }
      let hasDefault = state.routes.contains {
        $0.link == link.index && $0.route.table == slot.table
          && $0.route.destination == .all(prefix.family)
      }
      return hasRule && hasDefault
    }
    return isComplete ? .routed : .incomplete
  }

  /// Sorts the primary first, then by slot, then what is not known yet.
  var order: UInt32 {
    guard state != .primary else { return 0 }
    return table ?? .max
  }

  /// The cells of a table row.
  var cells: [String] {
    [
      deviceNumber.map { "\($0)" + (networkCard == 0 ? "" : "c\(networkCard ?? 0)") } ?? "-",
      name, eni ?? "-", addresses.isEmpty ? "-" : addresses.joined(separator: ","),
      table.map(String.init) ?? "-", state.rawValue,
    ]
  }
}
