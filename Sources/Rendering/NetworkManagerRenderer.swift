// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Writes connection profiles of NetworkManager (nm-settings-keyfile(5)), one an ENI.
///
/// `route-table` takes the routes that NetworkManager adds by itself, to the subnet and to the link,
/// out of main.
package struct NetworkManagerRenderer: Renderer {
  /// The renderer; it has no state.
  package init() {}

  /// The profiles, which udev's rule looks for by this path; NetworkManager reads none that others may.
  package static let profiles = OwnedFiles(
    directory: "/etc/NetworkManager/system-connections",
    prefix: "eni-init-",
    suffix: ".nmconnection"
  )
  private static let scripts = OwnedFiles(
    directory: "/etc/NetworkManager/dispatcher.d/pre-up.d",
    prefix: "eni-init-",
    suffix: ""
  )
  /// A script, because a profile has no drop-ins (NetworkManager-dispatcher(8)).
  private static let primaryScript = OwnedFiles(
    directory: "/etc/NetworkManager/dispatcher.d",
    prefix: "eni-init-primary",
    suffix: "",
    isForPrimary: true
  )

  /// The path of the primary's script.
  package static var primaryPath: String { primaryScript.path("") }

  /// What identifies the profile of an ENI to NetworkManager, by its MAC: a UUID of version 8, which
  /// is whatever its maker says (RFC 9562, section 5.8), here the letters "eni init".
  package static func identifier(of mac: MACAddress) -> String {
    "656e6920-696e-8974-8000-" + mac.description.filter { $0 != ":" }
  }

  package func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile] {
    guard !plan.isHeld else { return [] }
    return [
      profile(plan, instance), script(plan, instance),
    ] + CommonFiles.files(for: plan, instance: instance)
  }

  /// Adds the host-wide rules: NetworkManager has no word for `suppress_ifgroup`, without which what the
  /// ENI answers to the primary's subnet leaves by the primary.
  private func script(_ plan: InterfacePlan, _ instance: InstanceID) -> ConfigFile {
    let header = Header.lines(
      for: plan,
      instance: instance,
      override: "Run before the profile with this UUID is up (NetworkManager-dispatcher(8))."
    )
    let rules = Dictionary(grouping: plan.rules.filter { $0.priority == .hostWide }, by: \.family)
      .mapValues { $0.map(IPCommands.addition) }
    return ConfigFile(
      path: Self.scripts.path(plan.name),
      lines: ["#!/bin/sh"] + header
        + ["[ \"$CONNECTION_UUID\" = \(Self.identifier(of: plan.mac)) ] || exit 0"]
        + IPCommands.batch(rules[.ipv4] ?? [])
        + IPCommands.batch(rules[.ipv6] ?? [], options: "-6 "),
      mode: 0o755
    )
  }

  private func profile(_ plan: InterfacePlan, _ instance: InstanceID) -> ConfigFile {
    let path = Self.profiles.path(plan.name)
    let header = Header.lines(
      for: plan,
      instance: instance,
      override: """
        NetworkManager has no drop-ins, so there is no way to override a part of it;
        `eni-init plan` shows what would be written here.
        """
    )
    var file = UnitFileText(comment: header)
    file.section(
      "connection",
      [
        ("id", "eni-init \(plan.name)"), ("uuid", Self.identifier(of: plan.mac)),
        ("type", "ethernet"),
        // The highest there is: before whatever else fits.
        ("autoconnect-priority", "999"),
      ]
    )
    file.section(
      "ethernet",
      [("mac-address", plan.mac.description)] + (plan.mtu.map { [("mtu", "\($0)")] } ?? [])
    )
    // Neither DHCP nor router advertisements, which would put a second default route into main.
    file.section("ipv4", family(.ipv4, plan) ?? [("method", "disabled")])
    // NetworkManager turns IPv6 on for a link that is to have a link-local address.
    let withoutIPv6 = plan.isIPv6Spoken ? "link-local" : "disabled"
    file.section(
      "ipv6",
      [("addr-gen-mode", "eui64")] + (family(.ipv6, plan) ?? [("method", withoutIPv6)])
    )
    return ConfigFile(path: path, content: file.text, mode: 0o600)
  }

  /// What a family has; nil when it has nothing.
  private func family(
    _ family: AddressFamily,
    _ plan: InterfacePlan
  ) -> [UnitFileText.Assignment]? {
    let addresses = plan.addresses.filter { $0.family == family }
    let routes = plan.routes.filter { $0.destination.family == family }
    guard let route = routes.first else { return nil }
    // The route to the subnet comes with the first address, the only one that has its length.
    let gateways = routes.filter { $0.gateway != nil }
    let rules = plan.rules.filter { $0.family == family && $0.priority != .hostWide }
    return [("method", "manual")]
      + Self.numbered("address", addresses.map(\.description))
      + [("route-table", "\(route.table.rawValue)"), ("route-metric", "\(route.metric)")]
      + gateways.enumerated().flatMap { position, route in
        [
          ("route\(position + 1)", "\(route.destination),\(route.gateway?.description ?? "")"),
          ("route\(position + 1)_options", "onlink=true"),
        ]
      }
      + Self.numbered("routing-rule", rules.map(Self.words))
  }

  /// As ip-rule(8) has it, but tables have no names.
  private static func words(_ rule: RoutingPolicyRule) -> String {
    var words = ["priority \(rule.priority)"]
    if let source = rule.source { words.append("from \(source)") }
    if let destination = rule.destination { words.append("to \(destination)") }
    if rule.isForOwnPackets { words.append("iif lo") }
    if let mark = rule.mark { words.append("fwmark \(mark)") }
    return (words + ["table \(rule.table.rawValue)"]).joined(separator: " ")
  }

  private static func numbered(_ key: String, _ values: [String]) -> [UnitFileText.Assignment] {
    values.enumerated().map { ("\(key)\($0 + 1)", $1) }
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
        + ["[ \"$1 $2\" = '\(link) up' ] || exit 0"] + IPCommands.batch(commands),
      mode: 0o755
    )
  }

  package func primaryAddresses(in content: String) -> [IPPrefix] {
    IPCommands.addedAddresses(content)
  }

  /// By its own section: a `keyfile.unmanaged-devices` of the image would replace that of another
  /// file (NetworkManager.conf(5)).
  package func firstBootHold(except candidate: InterfaceName?) -> ConfigFile? {
    var file = UnitFileText(comment: Header.firstBoot)
    let exception = candidate.map { ",except:interface-name:=\($0)" } ?? ""
    file.section(
      "device-eni-init-first-boot",
      [("match-device", "type:ethernet\(exception)"), ("managed", "0")]
    )
    return ConfigFile(
      path: "/run/NetworkManager/conf.d/eni-init-first-boot.conf",
      content: file.text
    )
  }

  /// Counts for more than what udev's rule has said (NetworkManager.conf(5), `managed`).
  package var holdMask: ConfigFile? {
    var file = UnitFileText(comment: ["\(Header.firstWords)(8), for this boot: it is turned off."])
    file.section(
      "device-eni-init-off",
      [("match-device", "driver:ena,driver:vif,driver:ixgbevf"), ("managed", "1")]
    )
    return ConfigFile(path: "/run/NetworkManager/conf.d/eni-init-off.conf", content: file.text)
  }

  package func ownedFiles(names: (String) throws -> [String]) throws -> [OwnedFiles] {
    [Self.profiles, Self.scripts, Self.primaryScript] + CommonFiles.owned
  }
}
