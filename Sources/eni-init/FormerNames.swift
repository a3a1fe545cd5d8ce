// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Planning
import Rtnetlink
import Udev

/// Keeps the name by which netplan knows an ENI as an alternative one of it.
///
/// cloud-init writes each ENI of a first boot into netplan's file, by the name that the kernel gave it.
/// From 1.1 on netplan has systemd-networkd-wait-online wait for that name: without it, two minutes.
struct FormerNames {
  let host: Host
  let instance: InstanceID

  /// How long udev may take to name what it has found; only waited for where there is such a name.
  private static let patience: Duration = .seconds(2)

  /// That it cannot is no reason for a boot to fail: something waits in vain.
  func keep() {
    do {
      try add()
    } catch {
      host.log.warning("no name that netplan knows an ENI by is kept: \(error)")
    }
  }

  private func add() throws {
    let own = Dictionary(
      try host.records.records(of: instance).compactMap { record in
        record.name.map { (record.mac, $0) }
      },
      uniquingKeysWith: { first, _ in first }
    )
    // A name of ours is for the ENI in that slot, be it yet to come.
    let former = try NetplanLinks(host.files).names.filter { mac, name in
      own[mac].map { $0 != name } ?? false
        && Attachment(name: name, prefix: host.configuration.policy.namePrefix) == nil
    }
    guard !former.isEmpty else { return }
    _ = try UdevContext().waitUntilIdle(deadline: .now + Self.patience)
    try host.locked(within: .seconds(2)) {
      let kernel = try RouteSocket()
      let state = KernelIndex(KernelState(links: try kernel.links()))
      for (mac, name) in former {
        guard let link = state.link(mac: mac), link.name == own[mac], state.owner(of: name) == nil
        else { continue }
        try kernel.apply([.addAlternativeName(name.text, link.index, link.name)])
      }
    }
  }
}
