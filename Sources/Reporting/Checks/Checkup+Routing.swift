// SPDX-License-Identifier: Apache-2.0
import NetworkModel

// What the kernel does with replies, and the settings of it that get in their way.
extension Checkup {
  var replies: [Finding] {
    view.enis.compactMap { eni in
      let wrong = surroundings.replies.filter { isAsymmetric($0, eni) }
      guard let first = wrong.first, let source = first.question.source else { return nil }
      return Finding(
        .asymmetricReply,
        on: eni.name,
        wrong.map(describe),
        remedy:
          "`eni-init explain \(source) to \(first.question.destination)` names the rule that decides"
      )
    }
  }

  private func isAsymmetric(_ reply: RouteLookup, _ eni: ENIView) -> Bool {
    eni.addresses.contains { $0.address == reply.question.source }
      && reply.link != eni.link?.index && reply.outcome != .isLocal
  }

  private func describe(_ reply: RouteLookup) -> String {
    let source = reply.question.source.map { " from \($0)" } ?? ""
    let link = view.kernel.links.first { $0.index == reply.link }?.name.text
    let table = reply.table.map { ", as table \($0) says" } ?? ""
    return "a reply\(source) to \(reply.question.destination) "
      + (link.map { "leaves by \($0)" } ?? "is not sent") + table
  }

  var defaultRoutes: [Finding] {
    view.kernel.mainDefaultRoutes.compactMap { route in
      guard let eni = secondaries.first(where: { $0.link?.index == route.link }),
        let link = eni.link
      else { return nil }
      let words = Change.removeRoute(route.route, link.index, link.name)
      return Finding(
        .secondDefaultRoute,
        on: eni.name,
        "the main table has a default route by it",
        remedy: "find who has set it, then run `\(words)`"
      )
    }
  }

  var kernelSettings: [Finding] {
    configured.flatMap(settings) + forwarding
  }

  private func settings(_ eni: ENIView) -> [Finding] {
    guard let index = eni.link?.index, let settings = surroundings.settings[index] else {
      return []
    }
    var found: [Finding] = []
    // Replies of this host pass a strict filter, since it looks with the address asked for as the source.
    // What is for a container has the container's address by then, and leads to main.
    if settings.reversePathFilter == 1, hasContainerPorts(eni) {
      found.append(
        Finding(
          .reversePathFilter,
          on: eni.name,
          "the reverse path filter is strict (rp_filter=1), and ContainerPorts=yes",
          remedy: "set net.ipv4.conf.\(eni.name).rp_filter=2 in sysctl.d(5)"
        )
      )
    }
    // 2 wants the router in the address's own subnet, and a secondary address has none (/32).
    let isSecondaryMuted = settings.arpIgnore == 2 && eni.addresses.contains(where: \.isHost)
    if settings.arpIgnore >= 4 || isSecondaryMuted {
      found.append(
        Finding(
          .arp,
          on: eni.name,
          "arp_ignore is \(settings.arpIgnore), so ARP requests for its addresses are not answered",
          remedy: "set net.ipv4.conf.\(eni.name).arp_ignore=0, and .all. too, in sysctl.d(5)"
        )
      )
    }
    return found
  }

  private var forwarding: [Finding] {
    var found: [Finding] = []
    if !surroundings.forwardsIPv4, let eni = configured.first(where: hasContainerPorts) {
      found.append(
        Finding(
          .forwarding,
          on: eni.name,
          "ContainerPorts=yes, and this host forwards no IPv4",
          remedy:
            "set net.ipv4.ip_forward=1 in sysctl.d(5), as container engines do when they start"
        )
      )
    }
    // Documentation/networking/ip-sysctl: forwarding turns accept_ra=1 off.
    if let primary = view.primary, let link = primary.link,
      let settings = surroundings.settings[link.index], settings.forwardsIPv6,
      settings.acceptsRouterAdvertisements == 1,
      primary.addresses.contains(where: { $0.family == .ipv6 })
    {
      found.append(
        Finding(
          .forwarding,
          on: link.name.text,
          "IPv6 is forwarded, and accept_ra=1 then ignores the router the primary has its IPv6 default route from",
          remedy: "set net.ipv6.conf.\(link.name).accept_ra=2 in sysctl.d(5)"
        )
      )
    }
    return found
  }

  private func hasContainerPorts(_ eni: ENIView) -> Bool {
    eni.plan?.rules.contains { $0.mark != nil } ?? false
  }
}
