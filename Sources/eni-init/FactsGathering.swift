// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Planning
import Rtnetlink
import Udev

/// Finds out what an interface is: from udev, from the kernel, and by waiting for IMDS.
///
/// Changes nothing but the record of the primary, which arms the hold for whatever comes later, and
/// has udev look at a link that its rule has not seen.
struct FactsGathering {
  let host: Host
  let metadata: InstanceMetadata
  /// When to give up waiting.
  let deadline: ContinuousClock.Instant

  /// The facts of the interface with this link.
  ///
  /// - Returns: nil when it is the primary, which is left to the image.
  func facts(of link: Link) throws -> ENIFacts? {
    guard try role(of: link) != .primary else { return nil }
    guard let mac = link.mac else {
      throw AttachFailure.noAddress(link.name)
    }
    let instance = try host.identity()
    let record = PrimaryRecord(host: host)
    // It cannot change, so IMDS is asked while nobody has told; each refresh compares.
    let primaryMAC = try record.recorded(of: instance)?.mac ?? metadata.primaryMAC()
    try record.remember(primaryMAC, of: instance)
    guard mac != primaryMAC else { return nil }
    if let reason = try Refusal.reason(on: host) {
      host.log.notice(
        "\(link.name) (\(mac)) is left alone: \(reason)",
        .refused,
        about: [Subject(link)],
        [.reason: reason]
      )
      return nil
    }
    guard try !host.leavesPort(mac) else { return nil }
    let interface = try settle(mac, link: link, primary: primaryMAC)
    let ignored = try Refusal.reason(
      for: mac,
      id: interface.id,
      policy: host.configuration.policy,
      metadata: metadata
    )
    if let ignored {
      host.log.notice(
        "\(link.name), \(interface.id), stays held: \(ignored)",
        .ignored,
        about: [Subject(eni: interface.id, interface: link.name, mac: mac)],
        [.reason: ignored]
      )
      return nil
    }
    let owned = try ownership(of: interface, primaryMAC, instance)
    let contest = owned.contests[mac]
    guard let own = owned.interface(mac) else {
      contest?.report(
        on: host,
        Subject(eni: interface.id, interface: link.name, mac: mac),
        isHeld: true
      )
      return nil
    }
    return ENIFacts(
      instance: instance,
      primaryMAC: primaryMAC,
      interface: own,
      primarySubnets: try metadata.subnets(
        of: primaryMAC,
        interface.families.map(\.family)
      ),
      otherSlots: try slotsOfRivals(of: interface, instance),
      contest: contest
    )
  }

  /// Which of its addresses are the ENI's own.
  ///
  /// IMDS is asked about another ENI only when the kernel has one of the addresses on that ENI's link, or a
  /// rule of its slot for one: IMDS then lists it there too, or it has moved.
  private func ownership(
    of interface: NetworkInterface,
    _ primary: MACAddress,
    _ instance: InstanceID
  ) throws -> Ownership {
    let state = KernelIndex(try RouteSocket().snapshot(.eni(interface)))
    var slots: [MACAddress: Attachment?] = [primary: nil]
    for record in try host.records.records(of: instance) where record.mac != primary {
      slots[record.mac] = record.name.flatMap {
        Attachment(name: $0, prefix: host.planner.namePrefix)
      }
    }
    var interfaces = [interface]
    for mac in Ownership.rivals(of: interface, among: slots, in: state).sorted() {
      let isPrimary = mac == primary
      let reading = try metadata.read(mac: mac, isPrimary: isPrimary, networkCardExpected: false)
      if case .settled(let rival) = reading { interfaces.append(rival) }
    }
    let network = InstanceNetwork(primaryMAC: primary, interfaces: interfaces)
    return Ownership(network, in: state, by: host.planner)
  }

  /// What udev's rule has made of the link.
  ///
  /// A link that was there before the rule was installed has had no event since, and gets one.
  private func role(of link: Link) throws -> InterfaceRecord.Role {
    let udev = try UdevContext()
    if let role = try udev.waitUntilInitialised(link.index, deadline: deadline).role { return role }
    let marked = try udev.waitForEvent(of: link.index, deadline: deadline) {
      try Uevent.announce(link.name)
    }
    guard let role = marked.role else { throw AttachFailure.notAnENI(link.name) }
    return role
  }

  /// Where those are now that are on record with this ENI's slot; asked only when there are any.
  private func slotsOfRivals(
    of interface: NetworkInterface,
    _ instance: InstanceID
  ) throws -> [MACAddress: Attachment] {
    let name = host.planner.name(of: interface.attachment)
    var slots: [MACAddress: Attachment] = [:]
    for record in try host.records.records(of: instance)
    where record.name == name && record.mac != interface.mac {
      let reading = try metadata.read(mac: record.mac, isPrimary: false, networkCardExpected: false)
      if case .settled(let other) = reading { slots[record.mac] = other.attachment }
    }
    return slots
  }

  /// The link that `argument` names.
  static func link(_ argument: String) throws -> Link {
    let links = try RouteSocket().links()
    let found =
      links.first { $0.name.text == argument || $0.alternativeNames.contains(argument) }
      ?? links.first { $0.index.description == argument }
      ?? MACAddress(argument).flatMap { ENILinks(links)[$0] }
    guard let found else { throw AttachFailure.noSuchInterface(argument) }
    return found
  }

  private func settle(
    _ mac: MACAddress,
    link: Link,
    primary: MACAddress
  ) throws -> NetworkInterface {
    var former: Unsettled?
    return try FactsSettling(metadata: metadata).settle(
      mac: mac,
      isPrimary: false,
      networkCardExpected: try metadata.listsNetworkCards(primary),
      deadline: deadline,
      // A link that went ends the wait: an index is never used again.
      isLinkPresent: { Self.isPresent(link.index) },
      onWait: { reason, _ in
        Progress.show("waiting for IMDS: \(reason)")
        // In the journal once for each reason, and by hand the line above is enough.
        guard !host.log.isByHand, reason != former else { return }
        former = reason
        host.log.info(
          "\(link.name) (\(mac)): waiting: \(reason)",
          .waiting,
          about: [Subject(link)],
          [.reason: "\(reason)"]
        )
      }
    ).interface
  }

  private static func isPresent(_ index: Link.Index) -> Bool {
    // A failed look is not an absence: only a good answer without the link ends the wait.
    (try? RouteSocket().links().contains { $0.index == index }) ?? true
  }
}
