// SPDX-License-Identifier: Apache-2.0

/// The configuration of others on an instance, as every real host has it: eni-init may not change it.
///
/// A container engine owns `docker0`, a container in a namespace behind a veth pair, and NAT. A VPN owns
/// `tun0`, routes in main and in tables of its own, and the rules of Tailscale. An administrator owns the
/// bridge `br0`, rules with priorities below and between eni-init's, one rule without a priority, and files
/// of the network stack for other links. The script `foreign-configuration` makes all of it before udev
/// starts, and so before eni-init can run, and lists it.
///
/// The stacks treat it differently by themselves:
///
/// - systemd-networkd removes each rule that is in none of its files, whenever it configures a link, with
///   eni-init and without (`ManageForeignRoutingPolicyRules=`, on by default). A program that adds its
///   rules by netlink loses them there. So the rules are in the file for `tun0` too, where an
///   administrator of such a host has to put them. networkd then removes and adds them, and a rule without
///   a priority may get another number. A test of its own shows both this and the other setting.
/// - networkd sets `accept_ra` of the links that it configures: this setting of `tun0` is not listed.
/// - NetworkManager, ifupdown and a plain script leave all of it alone.
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

  /// The listing at the boot.
  private let facts: [String]

  private static let script = NamespaceInstance.scripts + "/foreign-configuration"

  /// Writes the files to the disk of an instance that is on, and has its image.
  static func write(on instance: NamespaceInstance) throws {
    try instance.check([script, "write", instance.image.name])
  }

  /// Makes the part that a boot does not keep, on an instance that is on and has not booted; lists it all.
  init(madeOn instance: NamespaceInstance) throws {
    facts = try Self.list(instance, Self.script, "make-and-list")
  }

  /// The facts that differ now, `gone: …` and `new: …`, but for those of some kinds.
  ///
  /// A stack that is at work has some seconds to put back the rules that it has removed.
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
