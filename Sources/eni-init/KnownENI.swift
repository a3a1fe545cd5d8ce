// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Planning
import Rtnetlink

/// An ENI that is on record, while IMDS does not answer: whether record, files, and kernel agree.
///
/// An operator may turn IMDS off once the ENIs are known. After a reboot the network stack then
/// configures each of them from its file. Only the alternative names are left to add, and the record
/// has them.
struct KnownENI {
  let host: Host
  let instance: InstanceID

  /// How long the network stack may take to configure the ENI from its file.
  private static let patience: Duration = .seconds(10)

  /// Waits until they agree, and adds the alternative names; says whether the ENI is complete.
  func complete(_ link: Link) throws -> Bool {
    guard let mac = link.mac, let eni = try recorded(mac),
      let primary = try PrimaryRecord(host: host).recorded(of: instance)
    else { return false }
    let deadline = ContinuousClock.now + Self.patience
    repeat {
      if try host.locked(within: Self.patience, { try complete(eni, primary.mac) }) { return true }
      Timekeeper.system.sleep(.milliseconds(200))
    } while ContinuousClock.now < deadline
    return false
  }

  /// The ENI as its record describes it, without addresses.
  private func recorded(_ mac: MACAddress) throws -> NetworkInterface? {
    guard let record = try host.records.records(of: instance).first(where: { $0.mac == mac }),
      let name = record.name, let id = record.id,
      let slot = Attachment(name: name, prefix: host.planner.namePrefix)
    else { return nil }
    return NetworkInterface(id: id, mac: mac, attachment: slot, ipv4: nil, ipv6: nil)
  }

  /// Plans the ENI from the addresses, routes, and rules that the kernel has; with exactly that plan on
  /// record and on disk, all three agree.
  private func complete(_ eni: NetworkInterface, _ primary: MACAddress) throws -> Bool {
    let kernel = try RouteSocket()
    let state = KernelIndex(try kernel.snapshot(.eni(eni)))
    let told = InstanceNetwork(primaryMAC: primary, interfaces: [eni])
    let texts = try files(of: eni).map(\.content)
    let known = host.planner.retaining(told, in: state)
    // The kernel lists rules in an order of its own; the files have the order of IMDS.
    let network = InstanceNetwork(
      primaryMAC: primary,
      interfaces: known.interfaces.map { $0.ordered(as: texts) },
      primarySubnets: known.primarySubnets
    )
    let links = [primary, eni.mac].compactMap { state.link(mac: $0) }
    guard let plan = try host.planner.plan(for: network, links: links).interfaces.first else {
      return false
    }
    let stack = try host.stack(primary: state.link(mac: primary))
    guard let difference = Difference(plan, state: state, isNew: false),
      difference.routing.isEmpty, difference.leases.isEmpty,
      try host.isOnDisk(plan, stack.renderer, of: instance)
    else { return false }
    // An ENI without addresses has no file; with one, the stack has not configured it yet.
    if plan.isHeld, !texts.isEmpty { return false }
    try kernel.apply(difference.link)
    return true
  }

  /// The generated files of the ENI.
  private func files(of eni: NetworkInterface) throws -> [OwnedFileInventory.File] {
    guard let name = host.planner.name(of: eni.attachment) else { return [] }
    return try OwnedFileInventory(host).files.filter { $0.isFor(name) }
  }
}
