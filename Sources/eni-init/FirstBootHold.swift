// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering
import Rtnetlink

/// The hold of an instance's first boot, when nothing on disk says which ENI is the primary.
///
/// One ENI, the candidate, gets what the image gives any; all others are held. IMDS then says who
/// is the primary. If it is not the candidate, the candidate becomes static first, and only then
/// the primary is let go to the image: at no moment have two of them a DHCP client.
struct FirstBootHold {
  let host: Host

  private var path: String { host.renderer.firstBootHold(except: nil).path }

  /// Holds every ENI of unknown role but `candidate`.
  func arm(except candidate: Link?) throws {
    _ = try host.files.replace(host.renderer.firstBootHold(except: candidate?.name))
  }

  /// Ends the hold when nothing will ever tell who the primary is, because IMDS is turned off: the
  /// image then has every ENI, as it would without us, and the way in is open.
  func giveUp(_ instance: InstanceID) throws {
    try host.locked(within: .seconds(30)) {
      guard try PrimaryRecord(host: host).recorded(of: instance) == nil,
        try host.files.remove(path)
      else { return }
      try Networkd.reload(host.files)
      host.log.warning(
        "IMDS is turned off, so nothing tells which ENI is the primary: all are left to the image"
      )
    }
  }

  /// Lets the primary go when the candidate was another ENI and is configured by now; runs under
  /// the lock.
  ///
  /// The candidate's name is gone when it was configured, and also when that failed after it was
  /// taken down and so is held: in both cases the primary is the way in.
  func release(_ primary: MACAddress) throws {
    guard let content = try host.files.read(path) else { return }
    let links = try RouteSocket().links()
    let candidate = host.renderer.candidate(in: content)
    guard !links.contains(where: { $0.name == candidate }),
      let link = KernelState(links: links).link(mac: primary)
    else { return }
    try arm(except: link)
    try Networkd.reload(host.files)
    host.log.notice(
      "\(link.name) (\(primary)) is the primary, and is left to the image from now on"
    )
  }
}
