// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering
import Rtnetlink

/// The hold of an instance's first boot, in which nothing on disk names the primary ENI.
///
/// One ENI, the candidate, gets the image's configuration; all others are held. IMDS then names the
/// primary. If that is another ENI, the candidate becomes static, or is held as well, and then the
/// primary is released to the image: at no moment have two of them a DHCP client.
struct FirstBootHold {
  let host: Host

  /// The index of the candidate's link, 0 without one, and the machine's uptime when the hold was armed.
  private static let candidatePath = "/run/eni-init/candidate"
  /// How many seconds IMDS has to name the primary, before the image gets every ENI.
  private static let patience = 600

  /// Holds every ENI of unknown role but `candidate`, in every stack that the image may have.
  func arm(except candidate: Link?) throws {
    for stack in host.stacks {
      guard let file = stack.renderer.firstBootHold(except: candidate?.name) else { continue }
      _ = try host.files.replace(file)
    }
    let uptime = try HostUptime.seconds(host.files) ?? 0
    let content = "\(candidate?.index.rawValue ?? 0) \(uptime)\n"
    _ = try host.files.replace(ConfigFile(path: Self.candidatePath, content: content))
  }

  /// Whether the hold is armed in this boot.
  var isArmed: Bool {
    get throws { try state() != nil }
  }

  /// Whether `link` is the candidate of a hold that is armed.
  func isCandidate(_ link: Link) throws -> Bool {
    try state()?.candidate == link.index
  }

  /// The candidate and the uptime when the hold was armed; nil when it is not armed.
  private func state() throws -> (candidate: Link.Index?, armed: Int)? {
    guard let content = try host.files.read(Self.candidatePath) else { return nil }
    let numbers = content.split(whereSeparator: \.isWhitespace).map { UInt32($0) }
    return (
      numbers.first.flatMap(\.self).flatMap { Link.Index($0) },
      Int(numbers.last.flatMap(\.self) ?? 0)
    )
  }

  /// Ends the hold when nothing will name the primary, for this reason: the image then has every ENI,
  /// as without the program, and the instance can be reached.
  func giveUp(_ instance: InstanceID, because reason: String) throws {
    try host.locked(within: .seconds(30)) {
      guard try PrimaryRecord(host: host).recorded(of: instance) == nil,
        try host.files.remove(Self.candidatePath)
      else { return }
      for stack in host.stacks {
        if let file = stack.renderer.firstBootHold(except: nil) { try host.files.remove(file.path) }
        try stack.activator.endHold()
      }
      host.log.warning(
        "\(reason), so nothing names the primary ENI: all ENIs are left to the image",
        .holdEnded,
        [.instance: instance.text, .reason: reason]
      )
    }
  }

  /// Ends the hold when IMDS has not named the primary for too long, as when it cannot be reached by way
  /// of the candidate.
  func giveUpIfOverdue(_ instance: InstanceID) throws {
    guard let armed = try state()?.armed, let uptime = try HostUptime.seconds(host.files),
      uptime - armed > Self.patience
    else { return }
    try giveUp(instance, because: "IMDS has not answered for \(Self.patience / 60) minutes")
  }

  /// Releases the primary when another ENI was the candidate; runs under the lock.
  ///
  /// A candidate with a record is static. One without has the image's DHCP client: it is held first if
  /// `holdsCandidate`, since nothing will configure it soon, and otherwise the primary waits for that.
  func release(_ primary: MACAddress, of instance: InstanceID, holdsCandidate: Bool) throws {
    guard let hold = try state() else { return }
    let state = KernelState(links: try RouteSocket().links())
    let candidate = state.links.first { $0.index == hold.candidate }
    guard let link = state.link(mac: primary), link.index != candidate?.index else { return }
    let known = Set(try host.records.records(of: instance).map(\.mac))
    let loose = candidate.flatMap { $0.mac.map(known.contains) == true ? nil : $0 }
    guard loose == nil || holdsCandidate else { return }
    // First: a DHCP client that starts beside another one cannot add its default route.
    if let loose { try self.hold(loose) }
    try arm(except: link)
    let own = try host.stack(primary: link).kind
    for stack in host.stacks {
      try stack.activator.readHold(releasing: stack.kind == own ? link : nil)
    }
    host.log.notice(
      "\(link.name) (\(primary)) is the primary, and is left to the image from now on"
        + (loose.map { "; \($0.name), which was tried, is held" } ?? ""),
      .primaryReleased,
      about: [Subject(link)]
    )
  }

  /// Takes the image's configuration from a link: its DHCP client, its addresses, and its routes.
  private func hold(_ link: Link) throws {
    for stack in host.stacks where try stack.activator.manages(link) {
      try stack.activator.hold(link)
    }
    let kernel = try RouteSocket()
    let addresses = try kernel.snapshot(.enis(tables: [], macs: [])).addresses.filter {
      $0.link == link.index && !$0.prefix.address.isLinkLocal
    }
    try kernel.apply(
      [.setDown(link.index, link.name)]
        + addresses.map { .removeAddress($0.prefix, link.index, link.name) }
    )
  }
}
