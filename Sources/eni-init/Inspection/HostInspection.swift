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
  let metadata: InstanceMetadata
  let kernel: RouteSocket

  /// The inspection of `host`; IMDS may take as long as the options' metadata source allows.
  init(_ host: Host, _ metadata: InstanceMetadata) throws {
    self.host = host
    self.metadata = metadata
    kernel = try RouteSocket()
  }

  /// What there is to see.
  ///
  /// An IMDS that does not answer is part of the view; a kernel or a disk that does not is an error.
  func view() throws -> HostView {
    let instance = try HostIdentity.instanceID(host.files)
    let state = KernelIndex(try kernel.snapshot())
    let records = try instance.map { try host.records.records(of: $0) } ?? []
    let answer = MetadataAnswer(metadata, links: state.state.links, host.configuration.policy)
    Progress.end()
    let roles = try self.roles(state.state, records, answer)
    let stack = try host.stack(
      primary: roles.first { $0.value == .primary }.flatMap { state.link(mac: $0.key) }
    )
    let enis = try roles.map { mac, role in
      let told = answer.told(mac)
      let comparison = Comparison(host: host, stack: stack, instance: instance, state: state)
      let outcome = try comparison.compare(told.interface, in: answer.network)
      return ENIView(
        role: role,
        mac: mac,
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

  /// The ENIs and what each is: IMDS knows best, then the record, then udev's mark, which is as old as
  /// the link's last event.
  private func roles(
    _ state: KernelState,
    _ records: [InterfaceRecord],
    _ answer: MetadataAnswer
  ) throws -> [MACAddress: InterfaceRecord.Role] {
    var roles: [MACAddress: InterfaceRecord.Role] = [:]
    let marks = try UdevContext().interfaces()
    for link in state.links {
      guard let mac = link.mac, let mark = marks.first(where: { $0.index == link.index })?.role
      else { continue }
      roles[mac] = records.first { $0.mac == mac }?.role ?? mark
    }
    for mac in answer.listed { roles[mac] = roles[mac] ?? .secondary }
    if let primary = answer.primaryMAC {
      for mac in roles.keys { roles[mac] = mac == primary ? .primary : .secondary }
    }
    return roles
  }
}
