// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Planning
import Rendering
import Rtnetlink
import Udev

/// Sees to it that netplan and we agree about the names of ENIs.
///
/// cloud-init writes each ENI of a first boot into netplan's file, by the name that the kernel gave it.
struct NetplanNaming {
  let host: Host
  let instance: InstanceID

  /// How long udev may take to name what it has found; only waited for where there is such a name.
  private static let patience: Duration = .seconds(2)

  /// Has netplan use our names from its next run on; runs under the lock.
  ///
  /// A failure is no reason for the caller to fail: the ENIs work until an administrator runs netplan.
  func agree() {
    do {
      let own = try ownNames()
      if let former = try host.files.read(NetplanNames.path), !NetplanNames.isOwn(former) { return }
      let entries = try NetplanLink.all(host.files).compactMap { link in
        own[link.mac].flatMap { name in
          // cloud-init takes the name as the id: another id with our name comes from our file.
          link.name != name || link.id != name.text
            ? NetplanNames.Entry(id: link.id, mac: link.mac, name: name) : nil
        }
      }
      if entries.isEmpty {
        try host.files.remove(NetplanNames.path)
      } else {
        _ = try host.files.replace(NetplanNames.file(for: entries))
      }
    } catch {
      host.log.warning("`netplan apply` may rename ENIs and take them down: \(error)")
    }
  }

  /// Keeps the names that netplan has for ENIs in this boot as alternative ones.
  ///
  /// From 1.1 on netplan has systemd-networkd-wait-online wait for them: without them, two minutes.
  func keepFormerNames() {
    do {
      try addFormerNames()
    } catch {
      host.log.warning("no name that netplan knows an ENI by is kept: \(error)")
    }
  }

  private func ownNames() throws -> [MACAddress: InterfaceName] {
    Dictionary(
      try host.records.records(of: instance).compactMap { record in
        record.name.map { (record.mac, $0) }
      },
      uniquingKeysWith: { first, _ in first }
    )
  }

  private func addFormerNames() throws {
    let own = try ownNames()
    // A name of ours is for the ENI in that slot, also for one that is still to come.
    let former = try NetplanLink.all(host.files).filter { link in
      own[link.mac].map { $0 != link.name } ?? false
        && Attachment(name: link.name, prefix: host.configuration.policy.namePrefix) == nil
    }
    guard !former.isEmpty else { return }
    _ = try UdevContext().waitUntilIdle(deadline: .now + Self.patience)
    try host.locked(within: .seconds(2)) {
      let kernel = try RouteSocket()
      let state = KernelIndex(KernelState(links: try kernel.links()))
      for told in former {
        guard let link = state.link(mac: told.mac), link.name == own[told.mac],
          state.owner(of: told.name) == nil
        else { continue }
        try kernel.apply([.addAlternativeName(told.name.text, link.index, link.name)])
      }
    }
  }
}
