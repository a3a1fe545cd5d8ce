// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Planning
import Rendering
import Rtnetlink

/// Gives the primary its secondary addresses, and touches nothing else of it.
///
/// Now by netlink, and for the next boot by a file beside the image's own: a stack that applied that
/// now would take the primary's lease for a moment.
struct PrimaryReconciliation {
  let host: Host
  let instance: InstanceID
  /// Whether two readings have agreed, so that what IMDS does not list may go.
  let isAgreed: Bool

  /// Runs under the lock.
  ///
  /// - Returns: whether the host has something that this reading did not tell.
  func run(_ network: InstanceNetwork, _ state: KernelIndex, _ kernel: RouteSocket) throws -> Bool {
    guard let told = try host.planner.plan(for: network, links: []).primary,
      // An address that came before the lease could become the preferred source.
      let link = state.link(mac: told.mac), state.isConfigured(link.index)
    else { return false }
    let files = try OwnedFileInventory(host).files.filter(\.isForPrimary)
    let earlier = files.flatMap(\.primaryAddresses)
    let given = imagesAddresses(on: link, state)
    let plan = told.keeping(isAgreed ? [] : earlier).without(given)
    let gone = earlier.filter {
      !plan.addresses.contains($0) && !given.contains($0.address) && state.has($0, on: link.index)
    }
    let wrote = try write(plan, link, files)
    let changes =
      plan.addresses.filter { link.accepts($0.family) }
      .compactMap { change($0, on: link, earlier, state) }
      + gone.map { .removeAddress($0, link.index, link.name) }
    try kernel.apply(changes)
    if wrote || !changes.isEmpty {
      let list = plan.addresses.map { "\($0.address)" }.joined(separator: ", ")
      host.log.notice(
        "\(link.name), the primary: secondary addresses \(list.isEmpty ? "none" : list)",
        .primaryAddresses,
        about: [Subject(link)],
        [.addresses: list, .added: changes.added, .withdrawn: changes.withdrawn]
      )
    }
    return earlier.contains { !told.addresses.contains($0) } && !isAgreed
  }

  /// The change that gives the primary an address, or deprecates one that an earlier version gave it.
  private func change(
    _ address: IPPrefix,
    on link: Link,
    _ earlier: [IPPrefix],
    _ state: KernelIndex
  ) -> Change? {
    let isDeprecated = PrimaryPlan.isDeprecated(address)
    guard state.has(address, on: link.index) else {
      return isDeprecated
        ? .addDeprecatedAddress(address, link.index, link.name)
        : .addAddress(address, link.index, link.name)
    }
    guard isDeprecated, earlier.contains(address), !state.isDeprecated(address, on: link.index)
    else { return nil }
    return .deprecateAddress(address, link.index, link.name)
  }

  /// What the image gives it: leases, and what has another prefix length than ours.
  private func imagesAddresses(on link: Link, _ state: KernelIndex) -> Set<IPAddress> {
    Set(
      state.addresses(on: link.index)
        .filter { !$0.isHost || state.isLease($0, on: link.index) }.map(\.address)
    )
  }

  private func write(
    _ plan: PrimaryPlan,
    _ link: Link,
    _ old: [OwnedFileInventory.File]
  ) throws -> Bool {
    let stack = try host.stack(primary: link)
    let file = try stack.activator.file(ofPrimary: link).flatMap {
      stack.renderer.primaryFile(for: plan, on: link.name, besides: $0, instance: instance)
    }
    if let file, !plan.addresses.isEmpty { try host.refuseForeign([file]) }
    var changed = false
    for stale in old where plan.addresses.isEmpty || stale.path != file?.path {
      changed = try host.generated.remove(stale.path) || changed
    }
    guard let file, !plan.addresses.isEmpty else { return changed }
    return try host.generated.replace(file) != .unchanged || changed
  }
}
