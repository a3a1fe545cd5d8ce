// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rtnetlink

/// Takes back what a reconciliation has done so far, and holds a new ENI again.
struct Undo {
  let host: Host
  let stack: Stack
  let instance: InstanceID
  let plan: InterfacePlan
  /// The kernel's state before anything was changed.
  let before: KernelState
  /// Whether the ENI was held before; then it is held again.
  let isNew: Bool
  /// Changes made by netlink, in order.
  var added: [Change] = []
  /// Whether the stack was told to take the link over.
  var wasTakenOver = false

  private var former: [GeneratedFiles.Snapshot] = []

  init(
    host: Host,
    stack: Stack,
    instance: InstanceID,
    plan: InterfacePlan,
    before: KernelState,
    isNew: Bool
  ) {
    self.host = host
    self.stack = stack
    self.instance = instance
    self.plan = plan
    self.before = before
    self.isNew = isNew
  }

  /// Notes the state of a file before it is written or removed.
  mutating func remember(_ path: String) throws {
    former.append(try host.generated.snapshot(of: path))
  }

  /// Undoes, as far as possible.
  ///
  /// - Returns: the error to end with: what went wrong, what was undone, and what could not be.
  func run(because cause: any Error, kernel: RouteSocket) -> UndoneFailure {
    let steps: [() throws -> Void] = [
      restoreFiles,
      { try hold(kernel) },
      { try kernel.apply(inverses) },
      { try restoreKernel(kernel) },
    ]
    // Each step is tried, whatever became of the ones before.
    let troubles = steps.compactMap { step in
      do {
        try step()
        return nil as String?
      } catch {
        return "\(error)"
      }
    }
    return UndoneFailure(name: plan.name, cause: cause, troubles: troubles, isHeld: isNew)
  }

  /// What takes back the changes.
  private var inverses: [Change] { added.reversed().compactMap(\.inverse) }

  private func restoreFiles() throws {
    for snapshot in former { try host.generated.restore(snapshot) }
  }

  private func hold(_ kernel: RouteSocket) throws {
    guard isNew else { return }
    try host.records.remove(plan.mac, of: instance)
    // When it has not read the file, there is nothing for it to drop.
    guard wasTakenOver else { return }
    let state = try kernel.snapshot(.eni(plan.interface))
    guard let link = state.link(mac: plan.mac) else { return }
    guard try stack.activator.obstacle(besides: link) != nil else {
      return try stack.activator.giveBack(plan.name)
    }
    // Until the stack next reads its files it has the link without its addresses, and down.
    let addresses = state.addresses.filter { $0.link == link.index }
    try kernel.apply(addresses.map { .removeAddress($0.prefix, link.index, link.name) })
  }

  private func restoreKernel(_ kernel: RouteSocket) throws {
    let state = try kernel.snapshot(.eni(plan.interface))
    guard let link = state.link(mac: plan.mac) else { return }
    if isNew {
      try kernel.apply([.setDown(link.index, link.name)])
      let leftOver = state.rules.filter { $0.priority == plan.interface.attachment.rulePriority }
      try kernel.apply(leftOver.map { .removeRule($0) })
    }
    try kernel.apply(before.restoringDefaultRoutes(in: state, besides: link.index))
  }
}
