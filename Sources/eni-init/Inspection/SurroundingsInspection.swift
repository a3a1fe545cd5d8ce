// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Reporting
import Rtnetlink

/// Looks at what decides beside the network configuration; changes nothing.
struct SurroundingsInspection {
  let host: Host
  let view: HostView
  let kernel: RouteSocket

  /// What there is to see; `onStep` is told what is looked at next.
  func surroundings(_ onStep: (String) -> Void) throws -> Surroundings {
    var found = Surroundings()
    onStep("settings of the kernel")
    found.settings = try settings()
    found.forwardsIPv4 = try KernelSettings(host.files).number("ipv4/ip_forward") == 1
    onStep("routes of replies")
    found.replies = try ReplyQuestions(view).all.map { try kernel.lookUp($0) }
    onStep("DHCP clients")
    found.dhcpClients = try DHCPClients(host.files).running(for: links.map(\.name.text))
    found.foreignConfigurations = try foreignConfigurations()
    let rivals = Rivals(files: host.files)
    found.rivals = try rivals.present()
    found.maskedFiles = try rivals.maskedFiles()
    onStep("counters of the drivers")
    for link in links {
      let counters = try LinkStatistics.counters(of: link.name)
      found.linkLocalExceeded[link.index] = counters[LinkStatistics.linkLocalExceeded]
    }
    onStep("marks for containers")
    found.missingMarks = try ContainerMarks(host: host).missing() ?? []
    onStep("units")
    try lookAtUnits(&found)
    return found
  }

  private var links: [Link] { view.enis.compactMap(\.link) }

  private func settings() throws -> [Link.Index: Surroundings.LinkSettings] {
    let kernel = KernelSettings(host.files)
    var settings: [Link.Index: Surroundings.LinkSettings] = [:]
    for link in links {
      var found = Surroundings.LinkSettings()
      found.reversePathFilter = try kernel.greatest("rp_filter", of: link.name, .ipv4)
      found.arpIgnore = try kernel.greatest("arp_ignore", of: link.name, .ipv4)
      found.acceptsRouterAdvertisements = try kernel.number("accept_ra", of: link.name, .ipv6) ?? 0
      found.forwardsIPv6 = try kernel.number("forwarding", of: link.name, .ipv6) == 1
      settings[link.index] = found
    }
    return settings
  }

  private func foreignConfigurations() throws -> [(link: String, source: String)] {
    let stack = try host.stack(primary: view.primary?.link)
    return try view.enis.compactMap { eni in
      guard eni.role == .secondary, let link = eni.link,
        try stack.activator.manages(link),
        try !stack.activator.configures(link, as: eni.plan?.name ?? link.name)
      else { return nil }
      let file = try NetworkdState(link.index, host.files)?.networkFile
      return (link.name.text, file ?? "something that is not ours")
    }
  }

  /// By exit status alone (systemctl(1)); another one is no answer.
  private func lookAtUnits(_ found: inout Surroundings) throws {
    guard try host.files.modificationTime("/run/systemd/system") != nil else { return }
    found.hasFailedUnit = answer(to: ["is-failed", "eni-init*"], no: [1, 3, 4])
    found.isRefreshActive = answer(to: ["is-active", "eni-init-refresh.timer"], no: [3, 4])
  }

  private func answer(to question: [String], no: Set<CInt>) -> Bool? {
    do {
      try Command("/usr/bin/systemctl", ["--quiet"] + question).run()
      return true
    } catch .failed(_, let status) where no.contains(status) {
      return false
    } catch {
      return nil
    }
  }
}
