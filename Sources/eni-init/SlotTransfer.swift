// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Planning
import Rtnetlink

/// Frees an ENI's slot of the one that had it before: its record, its name, its alternative name.
///
/// The former owner may be gone; then its files are replaced, since they carry the slot's name. Or it
/// is here and sits elsewhere now, as when two ENIs changed places while the instance was stopped:
/// then it is taken down and gets a name of its own, until its own turn comes.
struct SlotTransfer {
  let host: Host
  let facts: ENIFacts

  /// - Throws: ``AttachFailure/slotTaken(_:by:)`` when the other one is here, and IMDS does not say
  ///   that it has left the slot: then one of the two is told wrongly.
  func run(_ kernel: RouteSocket) throws {
    guard let name = host.planner.name(of: facts.interface.attachment) else {
      return
    }
    let others = try host.records.records(of: facts.instance).filter {
      $0.name == name && $0.mac != facts.interface.mac
    }
    for other in others {
      if let link = KernelState(links: try kernel.links()).link(mac: other.mac) {
        guard let slot = facts.otherSlots[other.mac], slot != facts.interface.attachment else {
          throw AttachFailure.slotTaken(name, by: other.mac)
        }
        try moveAside(link, named: name, kernel)
      }
      try host.records.remove(other.mac, of: facts.instance)
    }
  }

  private func moveAside(_ link: Link, named name: InterfaceName, _ kernel: RouteSocket) throws {
    guard let free = InterfaceName("\(host.planner.namePrefix)-\(link.index)") else { return }
    var changes: [Change] = []
    if link.isUp { changes.append(.setDown(link.index, link.name)) }
    if link.name == name { changes.append(.rename(link.index, from: name, to: free)) }
    let stale = facts.interface.attachment.alternativeName
    if link.alternativeNames.contains(stale) {
      changes.append(.removeAlternativeName(stale, link.index, link.name))
    }
    try kernel.apply(changes)
    host.log.notice(
      "\(link.name) has left its slot: it is \(free) until it is looked at",
      .movedAside,
      about: [Subject(link)],
      [.reason: "the slot of \(name) is another ENI's now"]
    )
  }
}
