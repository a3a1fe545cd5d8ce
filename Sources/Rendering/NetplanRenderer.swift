// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Writes netplan(5) YAML, one file an ENI, which netplan's generator turns into a file for networkd in
/// /run; and beside that file a drop-in for what netplan has no words for.
///
/// Every address stands alone: netplan cannot keep the route to its length out of main.
///
/// Lines and no library: the YAML is written and never read, its shape is fixed, and each value is an
/// address, a name or a number in quotes. Yams brings Foundation along: a program of 58 MB, measured.
package struct NetplanRenderer: Renderer {
  /// The renderer; it has no state.
  package init() {}

  private static let directory = "/etc/netplan"
  /// The YAML; 00, so that a file that is added to override something comes later and counts for more.
  private static let files = OwnedFiles(
    directory: directory,
    prefix: "00-eni-init-",
    suffix: ".yaml"
  )
  /// What the ids begin with, and so what the files for networkd sort by: before any that a wildcard in
  /// another YAML gives, since networkd takes the first that matches.
  ///
  /// The name follows, and not the MAC: from 1.1 on netplan writes a colon as %3A in a file's name.
  private static let identifierPrefix = "00-eni-init-"
  private static let dropInDirectory = "/etc/systemd/network"
  private static let generatedPrefix = "10-netplan-\(identifierPrefix)"

  /// The YAML of the ENI of this name.
  package static func file(for name: InterfaceName) -> String { files.path(name) }

  /// What netplan's generator makes of an ENI's YAML; udev's rule looks for it by this path.
  package static func generatedFile(for name: InterfaceName) -> String {
    "/run/systemd/network/\(generatedPrefix)\(name).network"
  }

  package func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile] {
    guard !plan.isHeld else { return [] }
    return [
      yaml(plan, instance), dropIn(plan, instance),
    ] + CommonFiles.files(for: plan, instance: instance)
  }

  private func yaml(_ plan: InterfacePlan, _ instance: InstanceID) -> ConfigFile {
    let header = Header.lines(
      for: plan,
      instance: instance,
      override: """
        To override, say so in another file, for the same id;
        `eni-init plan` shows what would be written here.
        """
    )
    let addresses = plan.addresses.flatMap { address in
      let item = "- \(Self.quoted(address.address.hostPrefix))"
      return plan.isDeprecated(address) ? ["\(item):", "    lifetime: 0"] : [item]
    }
    let rules = plan.rules.filter { !Self.isBeyondNetplan($0) }
    let settings =
      ["match:", "  \(match(plan))", "optional: true", "dhcp4: false", "dhcp6: false"]
      // A router advertisement would put a second default route into main.
      + ["accept-ra: false", "link-local: [\(plan.isIPv6Spoken ? "ipv6" : "")]"]
      + ["addresses:"] + addresses.map { "  " + $0 }
      + ["routes:"] + plan.routes.flatMap(item).map { "  " + $0 }
      + ["routing-policy:"] + rules.flatMap(item).map { "  " + $0 }
    return ConfigFile(
      path: Self.files.path(plan.name),
      lines: header + ["network:", "  version: 2", "  ethernets:"]
        + ["    \(Self.quoted(Self.identifierPrefix + plan.name.text)):"]
        + settings.map { "      " + $0 },
      // As netplan demands.
      mode: 0o600
    )
  }

  /// Netplan matches permanent addresses alone.
  private func match(_ plan: InterfacePlan) -> String {
    switch plan.match {
    case .permanentAddress: "macaddress: \(Self.quoted(plan.mac))"
    case .currentAddress: "name: \(Self.quoted(plan.name))"
    }
  }

  private func item(_ route: Route) -> [String] {
    let way = route.gateway.map { ["via: \(Self.quoted($0))", "on-link: true"] }
    return Self.item(
      ["to: \(Self.quoted(route.destination))"] + (way ?? ["scope: link"])
        + ["table: \(route.table.rawValue)"]
    )
  }

  private func item(_ rule: RoutingPolicyRule) -> [String] {
    Self.item(
      [rule.source.map { "from: \(Self.quoted($0))" }].compactMap(\.self)
        + [rule.destination.map { "to: \(Self.quoted($0))" }].compactMap(\.self)
        + ["table: \(rule.table.rawValue)", "priority: \(rule.priority)"]
    )
  }

  private static func item(_ lines: [String]) -> [String] {
    lines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
  }

  private static func quoted(_ value: some CustomStringConvertible) -> String { "\"\(value)\"" }

  /// It knows neither what a rule ignores, nor who sends, nor a mark's mask.
  private static func isBeyondNetplan(_ rule: RoutingPolicyRule) -> Bool {
    rule.suppressPrefixLength != nil || rule.isForOwnPackets || rule.mark != nil
  }

  /// Those rules; how long the configuration lasts; and the MTU, for which netplan would write a
  /// .link file too, which would take the names that systemd gives from the link.
  private func dropIn(_ plan: InterfacePlan, _ instance: InstanceID) -> ConfigFile {
    var file = UnitFileText(
      comment: Header.lines(
        for: plan,
        instance: instance,
        override: "What netplan cannot say, added to the file that it makes for this ENI."
      )
    )
    let mark = NetworkdRenderer.mark(for: plan.match)
    if !mark.isEmpty { file.section("Match", mark) }
    if let mtu = plan.mtu { file.section("Link", [("MTUBytes", "\(mtu)")]) }
    file.section("Network", NetworkdRenderer.permanence)
    for rule in plan.rules where Self.isBeyondNetplan(rule) {
      file.section("RoutingPolicyRule", NetworkdRenderer.keys(rule))
    }
    let directory = "\(Self.dropInDirectory)/\(Self.generatedPrefix)\(plan.name).network.d"
    return ConfigFile(path: Self.dropIns(directory).path(plan.name), content: file.text)
  }

  private static func dropIns(_ directory: String) -> OwnedFiles {
    OwnedFiles(directory: directory, prefix: "eni-init-", suffix: ".conf")
  }

  /// As under networkd alone: the file that netplan has made for the primary takes a drop-in too.
  package func primaryFile(
    for plan: PrimaryPlan,
    on link: InterfaceName,
    besides stackFile: String,
    instance: InstanceID
  ) -> ConfigFile? {
    NetworkdRenderer().primaryFile(for: plan, on: link, besides: stackFile, instance: instance)
  }

  package func primaryAddresses(in content: String) -> [IPPrefix] {
    NetworkdRenderer().primaryAddresses(in: content)
  }

  package func ownedFiles(names: (String) throws -> [String]) throws -> [OwnedFiles] {
    let directories = try names(Self.dropInDirectory).filter {
      $0.hasPrefix(Self.generatedPrefix) && $0.hasSuffix(".network.d")
    }
    return [Self.files] + CommonFiles.owned
      + directories.map { Self.dropIns("\(Self.dropInDirectory)/\($0)") }
  }
}
