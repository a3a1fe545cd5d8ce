// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Planning
import Reporting
import Rtnetlink
import Udev

/// Looks at everything once, for reports; changes nothing and waits for nothing to settle.
struct HostInspection {
  let host: Host
  /// Makes the metadata source, whose time runs from then on.
  let metadata: () -> InstanceMetadata
  let kernel: RouteSocket

  /// The inspection of `host`; IMDS may take as long as the options' metadata source allows.
  init(_ host: Host, _ metadata: @autoclosure @escaping () -> InstanceMetadata) throws {
    self.host = host
    self.metadata = metadata
    kernel = try RouteSocket()
  }

  /// What there is to see.
  ///
  /// An IMDS that does not answer is part of the view; a kernel or a disk that does not is an error.
  /// `hasAllRoutes` says whether the routes of other programs' tables are in the view too.
  func view(hasAllRoutes: Bool = false) throws -> HostView {
    let instance = try HostIdentity.instanceID(host.files)
    let records = try instance.map { try host.records.records(of: $0) } ?? []
    let state = KernelIndex(try kernel.snapshot(hasAllRoutes ? .all : scope(of: records)))
    let answer = MetadataAnswer(metadata(), state, on: host)
    Progress.end()
    let marks = try self.marks(state.state)
    let roles = roles(marks, records, answer)
    let stack = try host.stack(
      primary: roles.first { $0.value == .primary }.flatMap { state.link(mac: $0.key) }
    )
    let enis = try roles.map { mac, role in
      let told = answer.told(mac)
      let comparison = Comparison(host: host, stack: stack, instance: instance, state: state)
      let outcome = try comparison.compare(told.toPlan, in: answer.network)
      return ENIView(
        role: role,
        mac: mac,
        isMarked: marks[mac] != nil,
        record: records.first { $0.mac == mac },
        told: told,
        ignoredBy: answer.ignored[mac],
        subnetID: answer.subnetIDs[mac],
        elasticIPs: answer.elasticIPs[mac] ?? [:],
        plan: outcome.plan,
        files: outcome.files,
        drift: outcome.drift,
        namePrefix: host.configuration.policy.namePrefix,
        kernel: state.state
      )
    }
    return HostView(
      instance: instance,
      stack: stack.kind,
      kernel: state.state,
      metadata: answer.outcome,
      refusal: try Refusal.reason(on: host),
      enis: enis
    )
  }

  /// The routes of the ENIs on record.
  private func scope(of records: [InterfaceRecord]) -> RouteScope {
    let secondaries = records.filter { $0.role == .secondary }
    let slots = secondaries.compactMap(\.name).compactMap {
      Attachment(name: $0, prefix: host.planner.namePrefix)
    }
    return .enis(tables: Set(slots.map(\.table)), macs: Set(secondaries.map(\.mac)))
  }

  /// What udev's rule has marked, which is as old as each link's last event.
  private func marks(_ state: KernelState) throws -> [MACAddress: InterfaceRecord.Role] {
    let marks = try UdevContext().interfaces()
    var roles: [MACAddress: InterfaceRecord.Role] = [:]
    let links = ENILinks(state.links)
    for mac in links.macs {
      roles[mac] = marks.first { $0.index == links[mac]?.index }?.role
    }
    return roles
  }

  /// The ENIs and what each is: IMDS knows best, then the record, then udev's mark.
  private func roles(
    _ marks: [MACAddress: InterfaceRecord.Role],
    _ records: [InterfaceRecord],
    _ answer: MetadataAnswer
  ) -> [MACAddress: InterfaceRecord.Role] {
    var roles = marks
    for record in records where roles[record.mac] != nil { roles[record.mac] = record.role }
    for mac in answer.listed { roles[mac] = roles[mac] ?? .secondary }
    if let primary = answer.primaryMAC {
      for mac in roles.keys { roles[mac] = mac == primary ? .primary : .secondary }
    }
    return roles
  }
}
