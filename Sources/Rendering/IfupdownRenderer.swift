// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Writes stanzas of interfaces(5), one file an ENI, into the directory that Debian's
/// /etc/network/interfaces sources.
///
/// Method `manual`, and all by ip(8): `static` brings the subnet's route into main. The stanzas are
/// `allow-hotplug` and not `auto`: a boot never waits for an ENI that is not there.
package struct IfupdownRenderer: Renderer {
  /// The renderer; it has no state.
  package init() {}

  /// The stanzas.
  ///
  /// No suffix: ifupdown ignores names with a dot (interfaces(5), "source-directory").
  package static let stanzas = OwnedFiles(
    directory: "/etc/network/interfaces.d",
    prefix: "eni-init-",
    suffix: ""
  )
  /// A script, and no stanza: a helper of the image gives DHCP to an interface that no stanza knows.
  private static let primaryScript = OwnedFiles(
    directory: "/etc/network/if-up.d",
    prefix: "eni-init-primary",
    suffix: "",
    isForPrimary: true
  )
  /// The stanza that an earlier version wrote for the primary.
  private static let retiredStanza = OwnedFiles(
    directory: stanzas.directory,
    prefix: "eni-init_primary",
    suffix: "",
    isForPrimary: true,
    isRetired: true
  )

  /// The path of the primary's script.
  package static var primaryPath: String { primaryScript.path("") }

  private static let up = "up ip "

  /// Stops ifup(8) on another link that has got the name.
  private static func guarding(_ plan: InterfacePlan) -> String {
    "pre-up grep -qx \(plan.mac) /sys/class/net/\(plan.name)/address"
  }
  private static let whateverHappens = " || :"

  package func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile] {
    guard !plan.isHeld else { return [] }
    return [stanza(plan, instance)] + CommonFiles.files(for: plan, instance: instance)
  }

  private func stanza(_ plan: InterfacePlan, _ instance: InstanceID) -> ConfigFile {
    let name = plan.name
    let commands = IPCommands(plan)
    let header = Header.lines(
      for: plan,
      instance: instance,
      override: """
        To override, add a stanza for \(name) to /etc/network/interfaces: ifupdown applies both;
        `eni-init plan` shows what would be written here.
        """
    )
    // A router advertisement would put a second default route into main.
    let quiet = "pre-up echo 0 >/proc/sys/net/ipv6/conf/\(name)/accept_ra || :"
    let mtu = commands.mtu.map { [Self.up + $0 + Self.whateverHappens] } ?? []
    let up = [commands.link] + commands.addresses + commands.routes
    let options =
      [Self.guarding(plan), quiet] + mtu + up.map(Self.up)
      // A rule may be there already, and then it is refused.
      + Self.options("up", commands.rules) + Self.options("down", commands.rulesDown)
      + ["down ip address flush dev \(name) scope global", "down ip link set dev \(name) down"]
    return ConfigFile(
      path: Self.stanzas.path(name),
      lines: header + ["", "allow-hotplug \(name)", "iface \(name) inet manual"]
        + options.map { "    " + $0 }
    )
  }

  package func primaryFile(
    for plan: PrimaryPlan,
    on link: InterfaceName,
    besides stackFile: String,
    instance: InstanceID
  ) -> ConfigFile? {
    let commands = plan.addresses.map { IPCommands.addition(of: $0, to: link) }
    return ConfigFile(
      path: Self.primaryPath,
      lines: ["#!/bin/sh"] + Header.lines(for: plan, instance: instance)
        + ["[ \"$IFACE\" = '\(link)' ] || exit 0"] + IPCommands.batch(commands)
        // A script that fails makes ifup(8) fail.
        + ["exit 0"],
      mode: 0o755
    )
  }

  package func primaryAddresses(in content: String) -> [IPPrefix] {
    IPCommands.addedAddresses(content) + addressesOfRetiredStanza(content)
  }

  private func addressesOfRetiredStanza(_ content: String) -> [IPPrefix] {
    content.split(separator: "\n").compactMap { line in
      let option = line.drop { $0 == " " }
      guard option.hasPrefix(Self.up), option.hasSuffix(Self.whateverHappens) else { return nil }
      return IPCommands.addedAddress(
        option.dropFirst(Self.up.count).dropLast(Self.whateverHappens.count)
      )
    }
  }

  package var holdMask: ConfigFile? {
    ConfigFile(path: "/run/eni-init/ifupdown-hold", content: "")
  }

  package func ownedFiles(names: (String) throws -> [String]) throws -> [OwnedFiles] {
    [Self.stanzas, Self.primaryScript, Self.retiredStanza] + CommonFiles.owned
  }

  /// A command of ip(8); ifup(8) ends at one that fails, and the ENI carries IPv4 where IPv6 is disabled.
  private static func up(_ command: String) -> String {
    up + command + (command.contains("::") ? whateverHappens : "")
  }

  private static func options(_ key: String, _ rules: [AddressFamily: [String]]) -> [String] {
    AddressFamily.allCases.flatMap { family in
      (rules[family] ?? []).map { rule in
        "\(key) ip \(family == .ipv6 ? "-6 " : "")\(rule) 2>/dev/null\(whateverHappens)"
      }
    }
  }
}
