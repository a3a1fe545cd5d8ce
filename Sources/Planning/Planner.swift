// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Turns facts into a plan: what each non-primary ENI shall be called, own and route.
///
/// Pure: the same facts give the same plan on every boot and in any order of discovery.
package struct Planner: Sendable {
  /// What device-number names begin with.
  package let namePrefix: String
  /// The families the host speaks: a host with IPv6 turned off gets the IPv4 part.
  package let families: Set<AddressFamily>

  /// The MTU of every ENI in bytes; nil gives them the primary's.
  package let mtu: UInt32?
  /// Whether what containers reply shall leave by the ENI that the request came in by.
  package let hasContainerPorts: Bool

  /// A planner for names that begin with `namePrefix`, on a host that speaks `families`.
  package init(
    namePrefix: String = "nic",
    families: Set<AddressFamily> = Set(AddressFamily.allCases),
    mtu: UInt32? = nil,
    hasContainerPorts: Bool = false
  ) {
    self.namePrefix = namePrefix
    self.families = families
    self.mtu = mtu
    self.hasContainerPorts = hasContainerPorts
  }

  /// A planner for what the administrator has decided, on a host that speaks `families`.
  package init(_ policy: Policy, families: Set<AddressFamily> = Set(AddressFamily.allCases)) {
    self.init(
      namePrefix: policy.namePrefix,
      families: families,
      mtu: policy.mtu,
      hasContainerPorts: policy.hasContainerPorts
    )
  }

  /// Plans every interface that has a link.
  ///
  /// - Throws: ``PlanningError`` when two present ENIs claim one slot, or a name would be too
  ///   long: both would send replies out of the wrong ENI, so nothing is planned at all.
  package func plan(
    for instance: InstanceNetwork,
    links: [Link]
  ) throws(PlanningError) -> NetworkPlan {
    let state = KernelState(links: links)
    let mtu = mtu ?? state.link(mac: instance.primaryMAC)?.mtu
    var owner: [Attachment: MACAddress] = [:]
    var plans: [InterfacePlan] = []
    let interfaces = instance.interfaces.sorted { $0.attachment < $1.attachment }
    for interface in interfaces where interface.mac != instance.primaryMAC {
      guard let link = state.link(mac: interface.mac) else { continue }
      if let other = owner.updateValue(interface.mac, forKey: interface.attachment) {
        throw .slotClaimedTwice(interface.attachment, other, interface.mac)
      }
      guard let name = name(of: interface.attachment) else {
        throw .nameTooLong(prefix: namePrefix, interface.attachment)
      }
      plans.append(
        plan(interface, name: name, link: link, in: instance, mtu: mtu)
      )
    }
    let primary = instance.interfaces.first { $0.mac == instance.primaryMAC }
    return NetworkPlan(primary: primary.map(planPrimary), interfaces: plans)
  }

  /// The name of the ENI in a slot; nil when the prefix makes it longer than a name may be.
  package func name(of slot: Attachment) -> InterfaceName? { slot.name(prefix: namePrefix) }

  /// The facts with what the kernel has of the same ENIs in the same slots: what to plan from as
  /// long as no second reading has agreed that something is gone.
  package func retaining(_ instance: InstanceNetwork, in state: KernelIndex) -> InstanceNetwork {
    InstanceNetwork(
      primaryMAC: instance.primaryMAC,
      interfaces: instance.interfaces.map { interface in
        let slot = interface.attachment
        // Of a link without the slot's name, the slot's rules are a former owner's.
        guard let link = state.link(mac: interface.mac), link.name == name(of: slot)
        else { return interface }
        let onLink = state.addresses(on: link.index)
        // A rule for an address that is not on the link may be a former owner's too, in the same subnet.
        let sources = state.sources(of: slot).filter { source in
          !source.isHost || !link.accepts(source.family)
            || onLink.contains { $0.address == source.address }
        }
        return interface.keeping(
          sources,
          onLink: onLink,
          subnets: state.routes(by: link.index).filter {
            $0.table == slot.table && $0.gateway == nil && !$0.destination.address.isLinkLocal
          }.map(\.destination)
        )
      },
      primarySubnets: instance.primarySubnets
    ).keepingPrimarySubnets(of: state)
  }

  private func planPrimary(_ interface: NetworkInterface) -> PrimaryPlan {
    let spoken = interface.families.filter { families.contains($0.family) }
    return PrimaryPlan(
      mac: interface.mac,
      addresses: spoken.flatMap { $0.addresses.map(\.hostPrefix) }
    )
  }

  private func plan(
    _ interface: NetworkInterface,
    name: InterfaceName,
    link: Link,
    in instance: InstanceNetwork,
    mtu: UInt32?
  ) -> InterfacePlan {
    let slot = interface.attachment
    let spoken = interface.families.filter { families.contains($0.family) }
    return InterfacePlan(
      interface: interface,
      primaryMAC: instance.primaryMAC,
      name: name,
      match: link.permanentAddress == nil ? .currentAddress : .permanentAddress,
      mtu: mtu,
      addresses: spoken.flatMap(addresses),
      routes: spoken.flatMap { routes($0, in: slot) },
      rules: spoken.map { .hostWide($0.family) } + spoken.flatMap { sourceRules($0, in: slot) }
        + spoken.flatMap { subnetRules($0, in: slot, instance.primarySubnets[$0.family]) },
      isIPv6Spoken: families.contains(.ipv6)
    )
  }

  /// The first address has the subnet's length, which says where its neighbours are; of IPv6 every
  /// address has it: the kernel has an address once, with one length, and any may go or come first.
  ///
  /// The order is IMDS's, so that the primary private address stays the preferred source.
  private func addresses(_ family: NetworkInterface.Addresses) -> [IPPrefix] {
    family.addresses.enumerated().map { position, address in
      position == 0 || family.family == .ipv6
        ? IPPrefix(address, length: family.subnet.length) : address.hostPrefix
    }
  }

  /// The ENI's own table: its subnet on the link, everything else by the VPC router.
  private func routes(_ family: NetworkInterface.Addresses, in slot: Attachment) -> [Route] {
    // The kernel's own default for IPv6 (IP6_RT_PRIO_USER); IPv4 has none.
    let metric: UInt32 = family.family == .ipv6 ? 1024 : 0
    return [
      Route(
        destination: family.subnet,
        table: slot.table,
        metric: metric,
        protocol: .eniInit
      ),
      Route(
        destination: .all(family.family),
        gateway: family.gateway,
        table: slot.table,
        metric: metric,
        protocol: .eniInit
      ),
    ]
  }

  /// What has an address of the ENI as its source looks in the ENI's table.
  private func sourceRules(
    _ family: NetworkInterface.Addresses,
    in slot: Attachment
  ) -> [RoutingPolicyRule] {
    (family.addresses.map(\.hostPrefix) + family.delegatedPrefixes).map {
      .from($0, table: slot.table, priority: slot.rulePriority)
    } + (hasContainerPorts ? [.marked(family.family, slot)] : [])
  }

  /// Connections that this host opens to the ENI's subnet leave by the ENI, replies of the primary do not.
  ///
  /// The two belong together: while the primary's subnets are unknown, hosts in that subnet are reached
  /// as before the ENI came. So are they where the two subnets overlap: an address in both is a
  /// neighbor of the primary first.
  private func subnetRules(
    _ family: NetworkInterface.Addresses,
    in slot: Attachment,
    _ primarySubnets: [IPPrefix]?
  ) -> [RoutingPolicyRule] {
    guard let primarySubnets, !primarySubnets.contains(where: { family.subnet.overlaps($0) }) else {
      return []
    }
    return primarySubnets.map { .primary($0, to: family.subnet) }
      + [.to(family.subnet, table: slot.table, priority: slot.subnetPriority)]
  }
}
