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

  /// The name of the candidate, for this boot.
  private static let candidatePath = "/run/eni-init/candidate"

  /// Holds every ENI of unknown role but `candidate`, in whatever stack the image has.
  func arm(except candidate: Link?) throws {
    for stack in host.stacks {
      guard let file = stack.renderer.firstBootHold(except: candidate?.name) else { continue }
      _ = try host.files.replace(file)
    }
    let content = candidate.map { "\($0.name)\n" } ?? ""
    _ = try host.files.replace(ConfigFile(path: Self.candidatePath, content: content))
  }

  /// Ends the hold when nothing will ever tell who the primary is, because IMDS is turned off: the
  /// image then has every ENI, as it would without us, and the way in is open.
  func giveUp(_ instance: InstanceID) throws {
    try host.locked(within: .seconds(30)) {
      guard try PrimaryRecord(host: host).recorded(of: instance) == nil,
        try host.files.remove(Self.candidatePath)
      else { return }
      for stack in host.stacks {
        if let file = stack.renderer.firstBootHold(except: nil) { try host.files.remove(file.path) }
        try stack.activator.endHold()
      }
      host.log.warning(
        "IMDS is turned off, so nothing tells which ENI is the primary: all are left to the image",
        .holdEnded,
        [.instance: instance.text]
      )
    }
  }

  /// Lets the primary go when the candidate was another ENI and is configured by now; runs under
  /// the lock.
  ///
  /// The candidate's name is gone when it was configured, and also when that failed after it was
  /// taken down and so is held: in both cases the primary is the way in.
  func release(_ primary: MACAddress) throws {
    guard let content = try host.files.read(Self.candidatePath) else { return }
    let links = try RouteSocket().links()
    let candidate = content.split(separator: "\n").first
    guard !links.contains(where: { $0.name.text[...] == candidate }),
      let link = KernelState(links: links).link(mac: primary)
    else { return }
    try arm(except: link)
    let own = try host.stack(primary: link).kind
    for stack in host.stacks {
      try stack.activator.readHold(releasing: stack.kind == own ? link : nil)
    }
    host.log.notice(
      "\(link.name) (\(primary)) is the primary, and is left to the image from now on",
      .primaryReleased,
      about: [Subject(link)]
    )
  }
}
