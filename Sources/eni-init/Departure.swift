// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Planning
import Rtnetlink

/// What is left of ENIs whose links are gone, and when it may go too.
struct Departure {
  let host: Host
  let instance: InstanceID
  /// When to stop waiting for IMDS to agree.
  let deadline: ContinuousClock.Instant

  /// The pause before each look at IMDS: long enough for a driver that is reloaded to be back.
  private static let pause: Duration = .seconds(5)

  /// Removes the rules that no ENI needs.
  func removeDanglingRules() throws {
    try host.locked(within: .seconds(30)) {
      let kernel = try RouteSocket()
      try removeDanglingRules(try kernel.snapshot(.enis(tables: [], macs: [])), kernel)
    }
  }

  /// Removes those of `state`; the caller has the lock.
  func removeDanglingRules(_ state: KernelState, _ kernel: RouteSocket) throws {
    let dangling = DanglingRules.find(in: state)
    guard !dangling.isEmpty else { return }
    try kernel.apply(dangling.map { .removeRule($0) })
    let tables = Set(dangling.map(\.table)).filter(RouteTable.reserved.contains)
    let numbers = tables.map(\.rawValue).sorted().map(\.description)
    host.log.notice(
      "removed \(dangling.count) rules that no ENI needs: "
        + dangling.map(\.description).joined(separator: "; "),
      .detached,
      about: try subjects(of: tables),
      [.table: numbers.joined(separator: ", ")]
    )
  }

  /// The ENIs on record that have these tables.
  private func subjects(of tables: Set<RouteTable>) throws -> [Subject] {
    try host.records.records(of: instance).filter { record in
      let slot = record.name.flatMap { Attachment(name: $0, prefix: host.planner.namePrefix) }
      return slot.map { tables.contains($0.table) } ?? false
    }.map { Subject($0) }
  }

  /// The ENIs on record that have no link.
  func absent() throws -> [InterfaceRecord] {
    let state = KernelState(links: try RouteSocket().links())
    return try host.records.records(of: instance).filter {
      $0.role == .secondary && state.link(mac: $0.mac) == nil
    }
  }

  /// Forgets the absent ENIs that two complete listings in a row do not show.
  ///
  /// IMDS lists an ENI for a while after it was detached, and a forced detach until the next
  /// start; then the files stay until a later ENI goes. They match a MAC that is not there.
  func forgetAbsent(_ metadata: InstanceMetadata) throws {
    var agreed: Set<MACAddress> = []
    while ContinuousClock.now < deadline {
      wait()
      let absent = try absent()
      guard !absent.isEmpty else { return }
      let listed = Set(try metadata.macs(patience: Patience(until: deadline)))
      let unlisted = absent.filter { !listed.contains($0.mac) }
      for record in unlisted where agreed.contains(record.mac) {
        try host.locked(within: .seconds(30)) { try forget(record) }
      }
      agreed = Set(unlisted.map { $0.mac })
    }
  }

  /// Forgets one ENI, unless its link is back; the caller has the lock.
  func forget(_ record: InterfaceRecord) throws {
    // Under the lock it counts: the ENI, or its slot's next one, may have come meanwhile.
    guard try absent().contains(record), let name = record.name else { return }
    for file in try OwnedFileInventory(host).files where file.isFor(name) {
      try host.generated.remove(file.path)
    }
    try host.records.remove(record.mac, of: instance)
    host.log.notice(
      "\(record.id?.text ?? record.mac.description) (\(name)) is detached: forgotten",
      .forgotten,
      about: [Subject(record)]
    )
  }

  private func wait() {
    Timekeeper.system.sleep(Self.pause)
  }
}
