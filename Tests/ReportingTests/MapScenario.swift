// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import Reporting
import TestSupport

/// A host as a map shows it: configured by the planner, then damaged.
struct MapScenario {
  let name: String
  /// The primary first.
  var interfaces: [NetworkInterface]
  var subnetIDs: [Int: String] = [:]
  var elasticIPs: [String: String] = [:]
  /// The reason why an ENI is not configured, by its number.
  var unsettled: [Int: String] = [:]
  var ignored: [Int: String] = [:]
  var absent: Set<Int> = []
  var silence: String?
  var refusal: String?
  /// What has happened to the kernel since it was configured.
  var damage: @Sendable (inout KernelState) -> Void = { _ in }

  /// What is to be seen of it.
  func view() throws -> HostView {
    let network = InstanceNetwork(primaryMAC: Fixture.primaryMAC, interfaces: interfaces)
    let planned = try Planner().plan(for: network, links: interfaces.indices.map(link))
    var kernel = configured(planned.interfaces)
    damage(&kernel)
    let enis = interfaces.enumerated().map { number, interface in
      eni(number, interface, planned.interfaces.first { $0.mac == interface.mac }, kernel)
    }
    return HostView(
      instance: Fixture.instance,
      stack: .networkd,
      kernel: kernel,
      metadata: silence.map { .failed($0) } ?? .answered,
      refusal: refusal,
      enis: enis
    )
  }

  private func isConfigured(_ number: Int) -> Bool {
    number > 0 && !absent.contains(number) && unsettled[number] == nil && ignored[number] == nil
  }

  private func link(_ number: Int) -> Link {
    let name = number == 0 ? "ens5" : interfaces[number].attachment.name()?.text
    let former = Fixture.link(number, name: name, mtu: 9001)
    return Link(
      index: former.index,
      name: former.name,
      alternativeNames: unsettled[number] != nil
        ? []
        : [interfaces[number].id.text, interfaces[number].attachment.alternativeName],
      address: former.address,
      permanentAddress: former.permanentAddress,
      mtu: 9001,
      group: .eni,
      isUp: unsettled[number] == nil
    )
  }

  /// The kernel with every ENI as planned, and the primary as DHCP leaves it.
  private func configured(_ plans: [InterfacePlan]) -> KernelState {
    var kernel = KernelState(links: interfaces.indices.filter { !absent.contains($0) }.map(link))
    let primary = link(0).index
    let last = RulePriority(rawValue: 32_766)
    kernel.rules = AddressFamily.allCases.map {
      RoutingPolicyRule(family: $0, priority: last, table: .main)
    }
    for family in interfaces[0].families {
      kernel.addresses += family.addresses.map {
        .init(link: primary, prefix: IPPrefix($0, length: family.subnet.length))
      }
      let route = Route(
        destination: .all(family.family),
        gateway: family.gateway,
        table: .main,
        metric: 100,
        protocol: .eniInit
      )
      kernel.routes.append(.init(link: primary, route: route))
    }
    for plan in plans {
      guard let number = interfaces.firstIndex(of: plan.interface), isConfigured(number) else {
        continue
      }
      let index = link(number).index
      kernel.addresses += plan.addresses.map { .init(link: index, prefix: $0) }
      kernel.routes += plan.routes.map { .init(link: index, route: $0) }
      kernel.rules += plan.rules.filter { !kernel.rules.contains($0) }
    }
    return kernel
  }

  private func eni(
    _ number: Int,
    _ interface: NetworkInterface,
    _ plan: InterfacePlan?,
    _ kernel: KernelState
  ) -> ENIView {
    let isTold = silence == nil && unsettled[number] == nil && ignored[number] == nil
    let plan = isTold && !absent.contains(number) ? plan : nil
    let difference = plan.flatMap { Difference($0, state: KernelIndex(kernel), isNew: false) }
    let own = interface.families.flatMap(\.addresses)
    let known = elasticIPs.compactMap { inner, outer -> (IPAddress, IPAddress)? in
      guard let inner = IPAddress(inner), let outer = IPAddress(outer) else { return nil }
      return own.contains(inner) ? (inner, outer) : nil
    }
    return ENIView(
      role: number == 0 ? .primary : .secondary,
      mac: interface.mac,
      record: number == 0 ? InterfaceRecord(primary: interface.mac) : plan.map { .init($0) },
      told: silence != nil
        ? .nothing
        : unsettled[number].map { .unsettled($0) }
          ?? (ignored[number] == nil ? .settled(interface) : .nothing),
      ignoredBy: ignored[number],
      subnetID: silence == nil ? subnetIDs[number].flatMap { SubnetID($0) } : nil,
      elasticIPs: silence == nil ? Dictionary(uniqueKeysWithValues: known) : [:],
      plan: plan,
      drift: ((difference?.link ?? []) + (difference?.routing ?? [])).map { .missing($0) },
      namePrefix: "nic",
      kernel: kernel
    )
  }
}
