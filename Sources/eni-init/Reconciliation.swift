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
    try waitForStack(kernel)
    try waitForPrimary(kernel)
    // It may have become one while IMDS was asked.
    guard try !host.leavesPort(facts.interface.mac) else { return }
    try SlotTransfer(host: host, facts: facts).run(kernel)
    let before = try kernel.snapshot(.eni(facts.interface))
    guard let plan = try plan(before), let link = before.link(mac: plan.mac) else {
      throw AttachFailure.linkGone(facts.interface.mac)
    }
    let stack = try host.stack(primary: before.link(mac: plan.primaryMAC))
    try requireName(of: plan, link, by: stack, before)
    let isNew = try host.isNew(link, to: plan, of: facts.instance, in: before)
    var undo = self.undo(of: plan, by: stack, before: before, isNew: isNew)
    let marks = ContainerMarks(host: host)
    do {
      let formerMarks = try marks.file(of: plan)
      let wrote = try write(plan, for: stack, undo: &undo)
      let difference = try activate(plan, by: stack, before: before, kernel: kernel, undo: &undo)
      let verification = Verification(plan: plan, before: before, patience: Self.patience) {
        try stack.activator.assist($0)
      }
      let outcome = try verification.run(kernel)
      let withdrew = try withdraw(plan, kernel, isNewcomer: isNew && isNewcomer(link, to: plan))
      if try marks.file(of: plan) != formerMarks { marks.load() }
      let made = difference.changes.filter { outcome.refusals[$0] == nil }
      if wrote || !made.isEmpty || !withdrew.isEmpty {
        say(plan, isNew ? .configured : .changed, before, withdrew, ended: difference.leases)
      }
      try ShortfallNotes(host: host).update(
        plan,
        plan.shortfalls(on: outcome.link),
        refusals: outcome.refusals.values.map(\.description)
      )
    } catch {
      throw undo.run(because: error, kernel: kernel)
    }
  }

  /// Makes disk and the link's name what the plan says, before any network manager runs: what is on
  /// disk does the rest.
  func prepare() throws {
    let kernel = try RouteSocket()
    try SlotTransfer(host: host, facts: facts).run(kernel)
    let before = try kernel.snapshot(.eni(facts.interface))
    guard let plan = try plan(before), let link = before.link(mac: plan.mac) else { return }
    let stack = try host.stack(primary: before.link(mac: plan.primaryMAC))
    try requireName(of: plan, link, by: stack, before)
    var undo = self.undo(of: plan, by: stack, before: before, isNew: true)
    do {
      _ = try write(plan, for: stack, undo: &undo)
      let difference = Difference(plan, state: before, isNew: true)
      let ended = difference?.leases ?? []
      try kernel.apply((difference?.link ?? []) + ended)
      say(plan, .prepared, before, [], ended: ended)
    } catch {
      throw undo.run(because: error, kernel: kernel)
    }
  }

  /// Refuses, before anything is changed, an ENI whose name another link has, where the stack would then
  /// configure that link.
  private func requireName(
    of plan: InterfacePlan,
    _ link: Link,
    by stack: Stack,
    _ state: KernelState
  ) throws {
    guard !plan.isHeld, stack.activator.goesByName,
      let owner = KernelIndex(state).owner(of: plan.name), owner != link.index,
      let other = state.links.first(where: { $0.index == owner })
    else { return }
    throw AttachFailure.nameTaken(plan.name, by: other.name, stack.kind)
  }

  /// Waits until the stack has decided about the link: right after a boot or a rename it has not, and
  /// an ENI that it is about to configure must not be taken for one that it leaves alone.
  private func waitForStack(_ kernel: RouteSocket) throws {
    let deadline = ContinuousClock.now + Self.patience
    while true {
      let state = KernelState(links: try kernel.links())
      guard let link = state.link(mac: facts.interface.mac) else { return }
      let stack = try host.stack(primary: state.link(mac: facts.primaryMAC))
      if try stack.activator.hasDecided(link) { return }
      guard ContinuousClock.now < deadline else {
        throw AttachFailure.notManaged(link.name, by: stack.kind)
      }
      Timekeeper.system.sleep(.milliseconds(20))
    }
  }

  /// Waits until the primary has its lease, which tells the MTU that the plan follows: in a boot the ENI
  /// may come first.
  ///
  /// Not in a first boot that holds the primary, since this run has to release it. Without a lease in
  /// time the plan follows the MTU that the primary has.
  private func waitForPrimary(_ kernel: RouteSocket) throws {
    guard host.configuration.policy.mtu == nil, try !FirstBootHold(host: host).isArmed else {
      return
    }
    let deadline = ContinuousClock.now + Self.patience
    while ContinuousClock.now < deadline {
      let state = KernelIndex(try kernel.addresses())
      guard let link = state.link(mac: facts.primaryMAC), !state.isConfigured(link.index)
      else { return }
      Timekeeper.system.sleep(.milliseconds(50))
    }
  }

  private func plan(_ state: KernelState) throws -> InterfacePlan? {
    let index = KernelIndex(state)
    let network =
      facts.isAgreed
      ? facts.network.keepingPrimarySubnets(of: index)
      : host.planner.retaining(facts.network, in: index)
    return try host.planner.plan(for: network, links: state.links).interfaces.first
  }

  private func undo(
    of plan: InterfacePlan,
    by stack: Stack,
    before: KernelState,
    isNew: Bool
  ) -> Undo {
    Undo(
      host: host,
      stack: stack,
      instance: facts.instance,
      plan: plan,
      before: before,
      isNew: isNew
    )
  }

  private func write(
    _ plan: InterfacePlan,
    for stack: Stack,
    undo: inout Undo
  ) throws -> Bool {
    let files = stack.renderer.files(for: plan, instance: facts.instance)
    try host.refuseForeign(files)
    var changed = try removeFilesOfFormerSlot(plan, undo: &undo)
    for old in try OwnedFileInventory(host).files
    where old.isFor(plan.name) && !files.contains(where: { $0.path == old.path }) {
      try undo.remember(old.path)
      changed = try host.generated.remove(old.path) || changed
    }
    if !files.isEmpty { try stack.activator.willConfigure(plan) }
    for file in files {
      try undo.remember(file.path)
      changed = try host.generated.replace(file) != .unchanged || changed
    }
    return try host.records.save(InterfaceRecord(plan), of: facts.instance) || changed
  }

  /// The files of the slot that this ENI had before match its MAC too, and may sort first.
  private func removeFilesOfFormerSlot(_ plan: InterfacePlan, undo: inout Undo) throws -> Bool {
    let former = try host.records.records(of: facts.instance).first { $0.mac == plan.mac }?.name
    guard let former, former != plan.name else { return false }
    for file in try OwnedFileInventory(host).files where file.isFor(former) {
      try undo.remember(file.path)
      try host.generated.remove(file.path)
    }
    return true
  }

  /// Whether a link, as it was found, is new in its slot: then other rules of the slot are those of an ENI
  /// that was there before.
  private func isNewcomer(_ link: Link, to plan: InterfacePlan) -> Bool {
    let slot = plan.interface.attachment.alternativeName
    return link.name != plan.name && !link.alternativeNames.contains(slot)
  }

  /// Takes back what the ENI no longer has; last, so that what comes is there before this goes.
  ///
  /// Of a newcomer that needs no second reading.
  private func withdraw(
    _ plan: InterfacePlan,
    _ kernel: RouteSocket,
    isNewcomer: Bool
  ) throws -> [Change] {
    let state = KernelIndex(try kernel.snapshot(.eni(facts.interface)))
    let changes =
      facts.isAgreed || isNewcomer
      ? Withdrawal.changes(plan, state: state) : Withdrawal.unasked(plan, state: state)
    try kernel.apply(changes)
    return changes
  }

  /// Says what was done, once.
  private func say(
    _ plan: InterfacePlan,
    _ event: Event,
    _ before: KernelState,
    _ withdrew: [Change],
    ended: [Change]
  ) {
    let reason =
      ended.isEmpty
      ? "" : "a DHCP client had left something: \(ended.map(\.description).joined(separator: "; "))"
    let link = before.link(mac: plan.mac)
    let former = before.addresses.filter { $0.link == link?.index }.map(\.prefix)
    host.log.notice(
      plan.summary + (ended.isEmpty ? "" : "; \(reason)"),
      plan.isHeld ? .held : event,
      about: [Subject(plan)],
      [
        .table: plan.interface.attachment.table.description,
        .addresses: plan.addresses.map(\.description).joined(separator: ", "),
        .added: plan.addresses.filter { !former.contains($0) }.map(\.description)
          .joined(separator: ", "),
        .withdrawn: withdrew.withdrawn,
        .reason: reason,
      ]
    )
  }

  private func activate(
    _ plan: InterfacePlan,
    by stack: Stack,
    before: KernelState,
    kernel: RouteSocket,
    undo: inout Undo
  ) throws -> Difference {
    guard let difference = Difference(plan, state: before, isNew: undo.isNew) else {
      throw AttachFailure.linkGone(plan.mac)
    }
    // Before the link changes: after a rename the stack has to think again.
    let mayTakeOver = try undo.isNew && !plan.isHeld && mayTakeOver(plan, stack, before)
    if mayTakeOver { try stack.activator.read(plan) }
    try kernel.apply(difference.link + difference.leases)
    guard !plan.isHeld else { return difference }
    if mayTakeOver {
      undo.wasTakenOver = true
      try stack.activator.takeOver(plan)
    } else {
      // Before the addresses, since IPv6 needs an MTU. Tried again, and reported, at the verification.
      _ = try kernel.attempt(difference.tuning)
      // Looked at again, since a link that was taken down has lost its routes.
      let rest = Difference(plan, state: try kernel.snapshot(.eni(facts.interface)), isNew: false)
      undo.added = rest?.routing ?? []
      try kernel.apply(undo.added)
    }
    return difference
  }

  /// Whether the stack is to take the link over now.
  ///
  /// Not when that would take the primary's lease. We configure the ENI then, and the stack takes it
  /// over when it next reads its files, at the latest at the next boot.
  private func mayTakeOver(
    _ plan: InterfacePlan,
    _ stack: Stack,
    _ state: KernelState
  ) throws -> Bool {
    guard let link = state.link(mac: plan.mac),
      try !stack.activator.mustTakeOver(link, beside: state.link(mac: plan.primaryMAC)),
      let obstacle = try unreadFile(plan, stack) ?? stack.activator.obstacle(besides: link)
    else { return true }
    host.log.notice(
      "\(plan.name) is configured by netlink until its file is next read: \(obstacle)",
      .takeoverDelayed,
      about: [Subject(plan)],
      [.reason: obstacle]
    )
    return false
  }

  /// Why the stack would not find the ENI's configuration; nil when it will.
  private func unreadFile(_ plan: InterfacePlan, _ stack: Stack) throws -> String? {
    guard !stack.activator.readsRuntimeFiles else { return nil }
    return try stack.renderer.files(for: plan, instance: facts.instance)
      .first { try host.generated.isInMemory($0.path) }
      .map { "\($0.path) could not be written, and the stack reads no copy below /run" }
  }
}

extension InterfacePlan {
  /// One line for the journal.
  fileprivate var summary: String {
    guard !isHeld else { return "\(interface.id) is \(name), without addresses: held" }
    let addresses = addresses.map(\.description).joined(separator: ", ")
    return "\(interface.id) is \(name): \(addresses), table \(interface.attachment.table)"
  }
}
