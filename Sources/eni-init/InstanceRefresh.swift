// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Planning
import Rendering
import Rtnetlink
import Udev

/// Brings all ENIs of the instance up to date: addresses and prefixes that came or went, links whose
/// event was lost, what is left of ENIs that are gone.
///
/// What is new is added on one good reading. What is missing is removed when a second reading,
/// some seconds later, agrees. When nothing changed, nothing is written or said.
struct InstanceRefresh {
  let host: Host
  let instance: InstanceID
  let metadata: InstanceMetadata
  /// How long one reading of all ENIs may take.
  let timeout: Duration

  /// The pause before the second reading.
  private static let pause: Duration = .seconds(5)

  /// - Throws: ``RefreshFailure`` when it could not be done for every ENI; it was done for the others.
  func run() throws {
    if let reason = try Refusal.reason(on: host) {
      try PrimaryRelease(host: host, metadata: metadata).run()
      // Every minute, so only on a terminal.
      return host.log.remark("nothing is done: \(reason)")
    }
    let first: InstanceSurvey
    do {
      first = try survey()
    } catch {
      try PrimaryRelease(host: host, metadata: metadata).run(because: error)
      throw error
    }
    try PrimaryRecord(host: host).remember(first.network.primaryMAC, of: instance)
    var pass = try host.locked(within: .seconds(30)) { try self.pass(first, after: nil) }
    if pass.isInDoubt {
      Timekeeper.system.sleep(Self.pause)
      let second = try survey()
      pass = try host.locked(within: .seconds(30)) { try self.pass(second, after: first) }
    }
    let hold = FirstBootHold(host: host)
    if try hold.isArmed {
      try host.locked(within: .seconds(30)) {
        try hold.release(first.network.primaryMAC, of: instance, holdsCandidate: true)
      }
    }
    try host.locked(within: .seconds(30)) { NetplanNaming(host: host, instance: instance).agree() }
    if let failure = RefreshFailure(pass.failures) { throw failure }
  }

  /// Runs when a stack may have removed what it does not know.
  func repair() throws {
    if try host.hasForeignRules(of: instance) { try run() }
  }

  private func survey() throws -> InstanceSurvey {
    try InstanceSurvey(
      metadata,
      links: try RouteSocket().links(),
      policy: host.configuration.policy,
      deadline: .now + timeout
    )
  }

  /// What one pass found.
  fileprivate struct Pass {
    /// Whether something is on the host that IMDS did not tell.
    var isInDoubt = false
    /// The ENIs that are as planned, so udev need not be asked about their links.
    var inForce: Set<MACAddress> = []
    /// Whether an ENI was changed, so that rules may be left over that it had use for.
    var hasChanged = false
    var failures: [any Error] = []
  }

  private func pass(_ survey: InstanceSurvey, after former: InstanceSurvey?) throws -> Pass {
    let kernel = try RouteSocket()
    let told = survey.network.interfaces.filter { $0.mac != survey.network.primaryMAC }
    let scope = RouteScope.enis(
      tables: Set(told.map(\.attachment.table)),
      macs: Set(told.map(\.mac))
    )
    let state = KernelIndex(try kernel.snapshot(scope))
    let renderer = try host.stack(primary: state.link(mac: survey.network.primaryMAC)).renderer
    var pass = Pass(
      failures: survey.unread.sorted { $0.key < $1.key }.map {
        ENIFailure(cause: $0.value, subject: Subject(mac: $0.key))
      }
    )
    let owned = Ownership(survey.network, in: state, by: host.planner)
    let formerlyOwned = former.map { Ownership($0.network, in: state, by: host.planner) }
    for contest in owned.contests where owned.held.contains(contest.key) {
      // Attach has put it into the journal, and this runs every minute.
      host.log.remark("\(contest.key) stays held: \(contest.value)")
    }
    for interface in owned.network.interfaces where interface.mac != survey.network.primaryMAC {
      let facts = ENIFacts(
        instance: instance,
        primaryMAC: survey.network.primaryMAC,
        interface: interface,
        primarySubnets: survey.network.primarySubnets,
        otherSlots: survey.network.slots,
        isAgreed: formerlyOwned?.interface(interface.mac) == interface,
        contest: owned.contests[interface.mac]
      )
      pass.attempt { pass in
        try ENIFailure.naming(Subject(facts, on: host)) {
          try refresh(facts, state, renderer, &pass)
        }
      }
    }
    if let primary = survey.interface(survey.network.primaryMAC) {
      pass.attempt { pass in
        let isAgreed = former?.interface(primary.mac) == primary
        let work = PrimaryReconciliation(host: host, instance: instance, isAgreed: isAgreed)
        let isInDoubt = try ENIFailure.naming(Subject(eni: primary.id, mac: primary.mac)) {
          try work.run(survey.network, state, kernel)
        }
        pass.isInDoubt = isInDoubt || pass.isInDoubt
      }
    }
    pass.attempt { try announceLostLinks(survey, state, besides: $0.inForce) }
    pass.attempt { try depart(survey, after: former, state, kernel, &$0) }
    return pass
  }

  /// One non-primary ENI: nothing at all when kernel, files and record are as planned.
  private func refresh(
    _ facts: ENIFacts,
    _ state: KernelIndex,
    _ renderer: any Renderer,
    _ pass: inout Pass
  ) throws {
    let told = facts.network.keepingPrimarySubnets(of: state)
    let kept = host.planner.retaining(told, in: state)
    let network = facts.isAgreed ? told : kept
    let links = [facts.primaryMAC, facts.interface.mac].compactMap { state.link(mac: $0) }
    guard let plan = try host.planner.plan(for: network, links: links).interfaces.first else {
      return
    }
    // What is in the way of the plan is taken away when a second reading agrees.
    let isClear = Withdrawal.changes(plan, state: state).isEmpty
    if !facts.isAgreed, kept != told || !isClear { pass.isInDoubt = true }
    if try isClear && host.isInForce(plan, state, renderer, of: instance) {
      pass.inForce.insert(plan.mac)
      let shortfalls = state.link(mac: plan.mac).map { plan.shortfalls(on: $0) } ?? []
      if !shortfalls.isEmpty { try ShortfallNotes(host: host).update(plan, shortfalls) }
      return
    }
    // Without a word from udev it is no ENI, or not yet.
    guard let link = state.link(mac: plan.mac), try UdevContext().link(link.index)?.role != nil
    else { return }
    facts.contest?.report(on: host, Subject(facts, on: host), isHeld: false)
    pass.hasChanged = true
    try Reconciliation(host: host, facts: facts).run()
  }

  /// What is left of ENIs whose links are gone.
  private func depart(
    _ survey: InstanceSurvey,
    after former: InstanceSurvey?,
    _ state: KernelIndex,
    _ kernel: RouteSocket,
    _ pass: inout Pass
  ) throws {
    let departure = Departure(host: host, instance: instance, deadline: .now)
    let present =
      pass.hasChanged ? try kernel.snapshot(.enis(tables: [], macs: [])) : state.state
    try departure.removeDanglingRules(present, kernel)
    for record in try departure.absent() where !survey.listed.contains(record.mac) {
      if let former, !former.listed.contains(record.mac) {
        try departure.forget(record)
      } else {
        pass.isInDoubt = true
      }
    }
  }

  /// Has the kernel announce again what udev never heard of, but IMDS lists.
  private func announceLostLinks(
    _ survey: InstanceSurvey,
    _ state: KernelIndex,
    besides inForce: Set<MACAddress>
  ) throws {
    for mac in survey.listed.subtracting(inForce) where mac != survey.network.primaryMAC {
      guard let link = state.link(mac: mac), let told = try UdevContext().link(link.index),
        !told.isInitialised
      else { continue }
      host.log.notice(
        "\(link.name) (\(mac)) is new, and udev has missed it: announced again",
        .announced,
        about: [Subject(link)]
      )
      try Uevent.announce(link.name)
    }
  }
}

extension InstanceRefresh.Pass {
  /// Does one ENI's part; what goes wrong with it stops no other.
  fileprivate mutating func attempt(_ body: (inout Self) throws -> Void) {
    do {
      try body(&self)
    } catch {
      failures.append(error)
    }
  }
}
