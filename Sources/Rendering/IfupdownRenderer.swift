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
  private static let primaryStanza = OwnedFiles(
    directory: stanzas.directory,
    prefix: "eni-init_primary",
    suffix: "",
    isForPrimary: true
  )

  private static let up = "up ip "
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
    let up = [commands.link] + commands.addresses + commands.routes
    let options =
      [quiet] + up.map { Self.up + $0 }
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
    // A second stanza of an interface adds to the first (interfaces(5)). The primary comes up whatever
    // becomes of these lines.
    let options = plan.addresses.map {
      Self.up + IPCommands.addition(of: $0, to: link) + Self.whateverHappens
    }
    return ConfigFile(
      path: Self.primaryStanza.path(""),
      lines: Header.lines(for: plan, instance: instance) + ["", "iface \(link) inet manual"]
        + options.map { "    " + $0 }
    )
  }

  package func primaryAddresses(in content: String) -> [IPPrefix] {
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
    [Self.stanzas, Self.primaryStanza] + CommonFiles.owned
  }

  private static func options(_ key: String, _ rules: [AddressFamily: [String]]) -> [String] {
    AddressFamily.allCases.flatMap { family in
      (rules[family] ?? []).map { rule in
        "\(key) ip \(family == .ipv6 ? "-6 " : "")\(rule) 2>/dev/null\(whateverHappens)"
      }
    }
  }
}
