// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Planning

/// The ENI that a message is about, as far as it is known.
struct Subject: Hashable, Sendable {
  /// Its id.
  var eni: NetworkInterface.ID?
  /// Its name: the planned one where there is one.
  var interface: InterfaceName?
  /// Its Ethernet address.
  var mac: MACAddress?

  /// What the journal has of it.
  var fields: [JournalEntry.Field] {
    [
      eni.map { .init(.eni, $0.text) },
      interface.map { .init(.interface, $0.text) },
      mac.map { .init(.mac, $0.description) },
    ].compactMap(\.self)
  }
}

extension Subject {
  /// The ENI with this link.
  init(_ link: Link) {
    self.init(
      eni: link.alternativeNames.lazy.compactMap { NetworkInterface.ID($0) }.first,
      interface: link.name,
      mac: link.mac
    )
  }

  /// The ENI with this plan.
  init(_ plan: InterfacePlan) {
    self.init(eni: plan.interface.id, interface: plan.name, mac: plan.mac)
  }

  /// The ENI on record.
  init(_ record: InterfaceRecord) {
    self.init(eni: record.id, interface: record.name, mac: record.mac)
  }

  /// The ENI with these facts, by the name that `host` gives it.
  init(_ facts: ENIFacts, on host: Host) {
    let interface = facts.interface
    let name = host.planner.name(of: interface.attachment)
    self.init(eni: interface.id, interface: name, mac: interface.mac)
  }
}
