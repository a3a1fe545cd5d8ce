// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// One ENI in a ``HostView``.
package struct ENIView: Sendable {
  /// What IMDS says of it.
  package enum Told: Hashable, Sendable {
    /// Its facts, complete.
    case settled(NetworkInterface)
    /// Its facts, complete, with an address of another ENI, for which it is held; this is the message.
    case contested(NetworkInterface, String)
    /// They are not complete; this is what is missing.
    case unsettled(String)
    /// Something that cannot be; this is the message.
    case malformed(String)
    /// IMDS has answered, and does not list it.
    case notListed
    /// IMDS has not answered.
    case nothing
  }

  /// What it is for the instance.
  package let role: InterfaceRecord.Role
  /// Its MAC.
  package let mac: MACAddress
  /// Its link; nil when IMDS lists it and the kernel has none.
  package let link: Link?
  /// Whether udev's rule has seen its link: not so before the first boot after an installation.
  package let isMarked: Bool
  /// What is remembered of it; nil for nothing.
  package let record: InterfaceRecord?
  /// What IMDS says of it.
  package let told: Told
  /// Why it is left alone, by an `[Ignore]` setting or as a port of another device; nil when it is not.
  package let ignoredBy: String?
  /// Its subnet's id; nil when IMDS was not asked or has none.
  package let subnetID: SubnetID?
  /// The Elastic IP, or other public address, of each of its addresses that has one.
  package let elasticIPs: [IPAddress: IPAddress]
  /// Its addresses in the kernel, link-local ones left out.
  package let addresses: [IPPrefix]
  /// What it shall look like; nil for the primary and while its facts are not complete.
  package let plan: InterfacePlan?
  /// The files that hold its configuration; none without a plan.
  package let files: [String]
  /// How disk and kernel differ from that; without a plan, what the kernel lacks by itself.
  package let drift: [Drift]
  /// Its name's slot, where neither IMDS nor an alternative name tells it.
  private let recordedSlot: Attachment?

  /// The view of one ENI.
  ///
  /// Without a `plan`, `drift` is found in the kernel alone: an address without its rule, a table
  /// without a default route.
  package init(
    role: InterfaceRecord.Role,
    mac: MACAddress,
    isMarked: Bool = true,
    record: InterfaceRecord? = nil,
    told: Told,
    ignoredBy: String? = nil,
    subnetID: SubnetID? = nil,
    elasticIPs: [IPAddress: IPAddress] = [:],
    plan: InterfacePlan? = nil,
    files: [String] = [],
    drift: [Drift] = [],
    namePrefix: String,
    kernel: KernelState
  ) {
    let link = kernel.link(mac: mac)
    self.role = role
    self.mac = mac
    self.link = link
    self.isMarked = isMarked
    self.record = record
    self.told = told
    self.ignoredBy = ignoredBy
    self.subnetID = subnetID
    self.elasticIPs = elasticIPs
    self.plan = plan
    self.files = files
    addresses = kernel.addresses.filter { $0.link == link?.index }.map(\.prefix)
      .filter { !$0.address.isLinkLocal }
    recordedSlot =
      link?.alternativeNames.lazy.compactMap(Attachment.init(alternativeName:)).first
      ?? record?.name.flatMap { Attachment(name: $0, prefix: namePrefix) }
    let slot = told.interface?.attachment ?? recordedSlot
    let isJudgedByKernel = plan == nil && role == .secondary && !addresses.isEmpty
    self.drift =
      isJudgedByKernel ? drift + Drift.gaps(of: addresses, link, slot, in: kernel) : drift
  }
}

extension ENIView.Told {
  /// The facts, when they are complete.
  package var interface: NetworkInterface? {
    switch self {
    case .settled(let interface), .contested(let interface, _): interface
    case .unsettled, .malformed, .notListed, .nothing: nil
    }
  }
}

extension ENIView.Told {
  /// The facts to plan from; nil when they are not complete, or the ENI is held for them.
  package var toPlan: NetworkInterface? {
    guard case .settled(let interface) = self else { return nil }
    return interface
  }
}

extension ENIView {
  /// Its id; nil until it is known.
  package var id: NetworkInterface.ID? {
    told.interface?.id ?? record?.id
      ?? link?.alternativeNames.lazy.compactMap { NetworkInterface.ID($0) }.first
  }

  /// Its network card and device number; nil until known.
  package var slot: Attachment? { told.interface?.attachment ?? recordedSlot }

  /// Its route table; nil for the primary, which has none of its own, and until known.
  package var table: RouteTable? { role == .primary ? nil : slot?.table }

  /// What to call it in a message: its name, or its MAC when it has no link.
  package var name: String { link?.name.text ?? mac.description }

  /// Its delegated prefixes.
  package var delegatedPrefixes: [IPPrefix] {
    told.interface?.families.flatMap(\.delegatedPrefixes) ?? []
  }

  /// The subnets it is in; from the kernel's routes nothing is guessed.
  package var subnets: [IPPrefix] { told.interface?.families.map(\.subnet) ?? [] }

  /// The primary first, then by slot, then those whose slot is not known, by index.
  var order: (UInt32, UInt32) {
    let index = link?.index.rawValue ?? .max
    return role == .primary ? (0, index) : (slot?.table.rawValue ?? .max, index)
  }
}
