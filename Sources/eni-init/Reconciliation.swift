// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Planning
import Rendering
import Rtnetlink

/// Makes disk and kernel what one ENI's plan says, and proves it; or leaves things as they were.
///
/// Runs under the lock. A second run finds nothing to do: no file written, no reload, no netlink
/// change, no message.
struct Reconciliation {
  let host: Host
  let facts: ENIFacts

  /// How long the kernel may take to show what was asked for.
  private static let patience: Duration = .seconds(10)

  func run() throws {
    let kernel = try RouteSocket()
    try waitForNetworkd(kernel)
    try SlotTransfer(host: host, facts: facts).run(kernel)
    let before = try kernel.snapshot()
    guard let plan = try plan(before), let link = before.link(mac: plan.mac) else {
      throw AttachFailure.linkGone(facts.interface.mac)
    }
    let isNew = try host.isNew(link, to: plan, of: facts.instance, in: before)
    var undo = Undo(host: host, instance: facts.instance, plan: plan, before: before, isNew: isNew)
    do {
      let wrote = try write(plan, undo: &undo)
      let changed = try activate(plan, isNew: isNew, before: before, kernel: kernel, undo: &undo)
      let verification = Verification(plan: plan, before: before, patience: Self.patience) {
        try reviveIfFailed($0)
      }
      try verification.run(kernel)
      let withdrew = try facts.isAgreed && withdraw(plan, kernel)
      if wrote || changed || withdrew { host.log.notice(plan.summary) }
    } catch {
      throw undo.run(because: error, kernel: kernel)
    }
  }

  /// Makes disk and the link's name what the plan says, before any network manager runs: what is on
  /// disk does the rest.
  func prepare() throws {
    let kernel = try RouteSocket()
    try SlotTransfer(host: host, facts: facts).run(kernel)
    let before = try kernel.snapshot()
    guard let plan = try plan(before), before.link(mac: plan.mac) != nil else { return }
    var undo = Undo(host: host, instance: facts.instance, plan: plan, before: before, isNew: true)
    do {
      _ = try write(plan, undo: &undo)
      try kernel.apply(Difference(plan, state: before, isNew: true)?.link ?? [])
      host.log.notice(plan.summary)
    } catch {
      throw undo.run(because: error, kernel: kernel)
    }
  }

  /// Waits until networkd has decided about the link: right after a boot or a rename it has not,
  /// and an ENI that it is about to configure must not be taken for one that it does not.
  private func waitForNetworkd(_ kernel: RouteSocket) throws {
    let deadline = ContinuousClock.now + Self.patience
    while let link = try kernel.snapshot().link(mac: facts.interface.mac) {
      let state = try NetworkdState(link.index, host.files)
      if state?.isDecided ?? false { return }
      guard ContinuousClock.now < deadline else { throw AttachFailure.notManaged(link.name) }
      Timekeeper.system.sleep(.milliseconds(20))
    }
  }

  /// Has networkd begin anew with a link that it has given up: a reload passes it over.
  ///
  /// systemd 252 may do so when a link was renamed while it was at work on it.
  private func reviveIfFailed(_ link: Link) throws {
    guard try NetworkdState(link.index, host.files)?.hasFailed ?? false else { return }
    host.log.warning("networkd has given \(link.name) up, and is told to begin anew")
    try Networkd.reconfigure(link.name)
  }

  private func plan(_ state: KernelState) throws -> InterfacePlan? {
    var network = InstanceNetwork(primaryMAC: facts.primaryMAC, interfaces: [facts.interface])
    if !facts.isAgreed { network = host.planner.retaining(network, in: KernelIndex(state)) }
    return try host.planner.plan(for: network, links: state.links).interfaces.first
  }

  private func write(_ plan: InterfacePlan, undo: inout Undo) throws -> Bool {
    var changed = try removeFilesOfFormerSlot(plan, undo: &undo)
    let files = host.renderer.files(for: plan, instance: facts.instance)
    for old in try OwnedFileInventory(host).files
    where old.isFor(plan.name) && !files.contains(where: { $0.path == old.path }) {
      undo.remember(old.path, old.content)
      changed = try host.files.remove(old.path) || changed
    }
    for file in files {
      undo.remember(file.path, try host.files.read(file.path))
      changed = try host.files.replace(file) != .unchanged || changed
    }
    return try host.records.save(InterfaceRecord(plan), of: facts.instance) || changed
  }

  /// The files of the slot that this ENI had before match its MAC too, and may sort first.
  private func removeFilesOfFormerSlot(_ plan: InterfacePlan, undo: inout Undo) throws -> Bool {
    let former = try host.records.records(of: facts.instance).first { $0.mac == plan.mac }?.name
    guard let former, former != plan.name else { return false }
    for file in try OwnedFileInventory(host).files where file.isFor(former) {
      undo.remember(file.path, try host.files.read(file.path))
      try host.files.remove(file.path)
    }
    return true
  }

  /// Takes back what the ENI no longer has; last, so that what comes is there before this goes.
  private func withdraw(_ plan: InterfacePlan, _ kernel: RouteSocket) throws -> Bool {
    let changes = Withdrawal.changes(plan, state: KernelIndex(try kernel.snapshot()))
    try kernel.apply(changes)
    return !changes.isEmpty
  }

  private func activate(
    _ plan: InterfacePlan,
    isNew: Bool,
    before: KernelState,
    kernel: RouteSocket,
    undo: inout Undo
  ) throws -> Bool {
    guard let difference = Difference(plan, state: before, isNew: isNew) else {
      throw AttachFailure.linkGone(plan.mac)
    }
    // Before the link changes: after a rename networkd has to think again.
    let mayReload = try isNew && !plan.isHeld && self.mayReload(for: plan, before)
    try kernel.apply(difference.link)
    guard !plan.isHeld else { return !difference.link.isEmpty }
    if mayReload {
      undo.didReload = true
      try Networkd.reload(host.files)
    } else {
      // Looked at again, since a link that was taken down has lost its routes.
      let rest = Difference(plan, state: try kernel.snapshot(), isNew: false)
      undo.added = rest?.routing ?? []
      try kernel.apply(undo.added)
    }
    return !difference.isEmpty
  }

  /// Whether networkd is to take the link over now.
  ///
  /// Not when its reload would take the primary's lease for a moment. The ENI is held, so networkd
  /// is no rival: we configure it, and networkd takes it over when it next reads its files, at
  /// the latest at the next boot.
  private func mayReload(for plan: InterfacePlan, _ state: KernelState) throws -> Bool {
    guard let link = state.link(mac: plan.mac),
      try NetworkdState(link.index, host.files)?.isUnmanaged ?? false
    else { return true }
    let others = try NetworkdFreshness.rewrittenFiles(besides: link.index, host.files)
    guard let first = others.first else { return true }
    host.log.notice(
      "\(plan.name) is configured without networkd until it next reads its files: a reload now "
        + "would touch other links, because \(first) was written since networkd started"
    )
    return false
  }
}

extension InterfacePlan {
  /// One line for the journal.
  fileprivate var summary: String {
    guard !isHeld else { return "\(interface.id) is \(name), without addresses: held" }
    let addresses = addresses.map(\.prefix.description).joined(separator: ", ")
    return "\(interface.id) is \(name): \(addresses), table \(interface.attachment.table)"
  }
}
