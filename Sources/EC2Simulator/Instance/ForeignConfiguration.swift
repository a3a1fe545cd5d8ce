// SPDX-License-Identifier: Apache-2.0

/// What others have configured on an instance, as on a real host, and nobody but they may change.
///
/// A container engine has `docker0`, a container in a namespace behind a veth pair, and NAT; a VPN has
/// `tun0`, its routes in main and in a table of its own, and Tailscale's rules; an administrator has the
/// bridge `br0`, rules below and between eni-init's numbers and one without a priority, and files of the
/// network stack for links that are not ENIs. All of it is made by the script `foreign-configuration`,
/// before udev runs and so before eni-init can, and listed by it, in each kind's own terms.
///
/// Two stacks have something to say about it by themselves:
///
/// - systemd-networkd removes every rule that no file of its has (`ManageForeignRoutingPolicyRules=`, on
///   by default) whenever it configures a link, with eni-init and without. A program that adds rules by
///   netlink beside such a networkd loses them at each reload, so the rules here are in the file for
///   `tun0`, as an administrator has to have them. It also sets `accept_ra` of the links that it
///   configures, so that one setting of `tun0` is not listed.
/// - NetworkManager and ifupdown leave all of it alone.
package struct ForeignConfiguration: Sendable {
  /// The kinds of facts, each the first word of its lines in a listing.
  package enum Kind: String, Sendable {
    /// Links by name: index, flags, MTU, MAC, group, bridge, alternative names.
    case link
    /// Addresses on those links.
    case address
    /// Routes by those links, in every table.
    case route
    /// Rules with the priorities that belong to others.
    case rule
    /// The container engine's NAT.
    case firewall
    /// Settings of the kernel: for those links, for all, and for links to come.
    case setting
    /// Files: content, mode, owner, time of change and inode.
    case file
  }

  /// A listing, and what of it must stay as it is.
  private var facts: [String] = []

  private static let script = NamespaceInstance.scripts + "/foreign-configuration"

  /// Writes the files to the disk of an instance that is on, and has its image.
  static func write(on instance: NamespaceInstance) throws {
    try instance.check([script, "write", instance.image.name])
  }

  /// Makes what no boot keeps on an instance that is on, and has not booted; lists it all.
  init(madeOn instance: NamespaceInstance) throws {
    facts = try Self.list(instance, Self.script, "make-and-list")
  }

  /// What differs now, as a sentence for each fact; empty when nothing does.
  ///
  /// A stack may be at work: it has some seconds until what it has taken away is there again.
  package func differences(on instance: NamespaceInstance, but kinds: Set<Kind>) throws -> [String]
  {
    var differences: [String] = []
    try? Condition.wait(until: "all is as it was", within: .seconds(3)) {
      differences = try difference(to: Self.list(instance, Self.script, "list"), but: kinds)
      return differences.isEmpty
    }
    return differences
  }

  private func difference(to now: [String], but kinds: Set<Kind>) -> [String] {
    let isExempt = { (fact: String) in kinds.contains { fact.hasPrefix($0.rawValue + " ") } }
    let changes = now.difference(from: facts)
    return changes.removals.compactMap { change -> String? in
      guard case .remove(_, let fact, _) = change, !isExempt(fact) else { return nil }
      return "gone: \(fact)"
    }
      + changes.insertions.compactMap { change -> String? in
        guard case .insert(_, let fact, _) = change, !isExempt(fact) else { return nil }
        return "new: \(fact)"
      }
  }

  private static func list(_ instance: NamespaceInstance, _ words: String...) throws -> [String] {
    try instance.check(words).split(separator: "\n").map(String.init)
  }
}
