// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Writes systemd.network(5) files, and names the route tables for iproute2.
///
/// The names sort before netplan's `10-netplan-*` and cloud-init's `10-cloud-init-*`, since
/// networkd takes the first file that matches, whole (systemd.network(5)); the hold sorts next.
package struct NetworkdRenderer: Renderer {
  /// The renderer; it has no state.
  package init() {}

  /// The `.network` files, which match by MAC.
  package static let networkFiles = OwnedFiles(
    directory: "/etc/systemd/network",
    prefix: "05-eni-init-",
    suffix: ".network"
  )

  /// Whether a `.network` file of this name holds ENIs, for the first boot or at all times.
  package static func isHold(_ name: String) -> Bool {
    name.hasPrefix("06-eni-init-") && name.hasSuffix(".network")
  }

  package func ownedFiles(names: (String) throws -> [String]) throws -> [OwnedFiles] {
    let directory = Self.networkFiles.directory
    let dropIns = try names(directory).filter { $0.hasSuffix(".network.d") }.map {
      Self.primaryDropIn("\(directory)/\($0)")
    }
    return [Self.networkFiles] + CommonFiles.owned + dropIns
  }

  /// A drop-in counts for its file wherever that lies, in /etc, /run or /usr (systemd.network(5)).
  private static func primaryDropIn(_ directory: String) -> OwnedFiles {
    OwnedFiles(
      directory: directory,
      prefix: "eni-init-primary",
      suffix: ".conf",
      isForPrimary: true
    )
  }

  package func firstBootHold(except candidate: InterfaceName?) -> ConfigFile? {
    var file = UnitFileText(comment: Header.firstBoot)
    let role = "\(InterfaceRecord.roleProperty)=\(InterfaceRecord.Role.unknown.rawValue)"
    let properties = [role] + (candidate.map { [Self.exception + $0.text] } ?? [])
    file.section("Match", properties.map { ("Property", $0) })
    file.section("Link", [("Unmanaged", "yes"), ("RequiredForOnline", "no")])
    return ConfigFile(
      path: "/run/systemd/network/06-eni-init-first-boot.network",
      content: file.text
    )
  }

  package var holdMask: ConfigFile? {
    ConfigFile(path: "/run/systemd/network/06-eni-init-hold.network", content: "")
  }

  /// How the hold of a first boot leaves one link out; its name follows.
  ///
  /// Not `Name=!ens5`: networkd tries each alternative name too, and `enp0s5` is not `ens5`, so it
  /// would hold that link as well.
  private static let exception = "!INTERFACE="

  package func primaryFile(
    for plan: PrimaryPlan,
    on link: InterfaceName,
    besides stackFile: String,
    instance: InstanceID
  ) -> ConfigFile? {
    let name = stackFile.split(separator: "/").last.map(String.init) ?? stackFile
    var file = UnitFileText(comment: Header.lines(for: plan, instance: instance))
    for address in plan.addresses {
      file.section("Address", keys(address, isDeprecated: PrimaryPlan.isDeprecated(address)))
    }
    let kind = Self.primaryDropIn("\(Self.networkFiles.directory)/\(name).d")
    return ConfigFile(path: kind.path(""), content: file.text)
  }

  package func primaryAddresses(in content: String) -> [IPPrefix] {
    content.split(separator: "\n").compactMap { line in
      line.hasPrefix("Address=") ? IPPrefix(line.dropFirst("Address=".count)) : nil
    }
  }

  package func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile] {
    // An ENI without addresses (EFA-only) gets no file: the hold keeps it unmanaged and down.
    guard !plan.isHeld else { return [] }
    return [network(plan, instance)] + CommonFiles.files(for: plan, instance: instance)
  }

  private func network(_ plan: InterfacePlan, _ instance: InstanceID) -> ConfigFile {
    let path = Self.networkFiles.path(plan.name)
    var file = UnitFileText(
      comment: Header.lines(
        for: plan,
        instance: instance,
        override: """
          To override, put settings into \(path).d/*.conf;
          `eni-init plan` shows what would be written here.
          """
      )
    )
    file.section(
      "Match",
      [(plan.match.key, plan.mac.description)] + Self.mark(for: plan.match)
    )
    file.section("Link", link(plan))
    file.section("Network", common(plan))
    for address in plan.addresses {
      file.section("Address", keys(address, isDeprecated: plan.isDeprecated(address)))
    }
    for route in plan.routes { file.section("Route", keys(route)) }
    for rule in plan.rules { file.section("RoutingPolicyRule", Self.keys(rule)) }
    return ConfigFile(path: path, content: file.text)
  }

  /// The mark that udev's rule sets on ENIs alone, beside a MAC that a bridge, bond, VLAN, or macvlan may
  /// have too; both conditions are required (systemd.network(5)).
  ///
  /// Such a link has no permanent address, so a match by that needs no mark, and still counts where the
  /// package and its rule are removed. Not the role, which udev may not know yet at a first boot.
  static func mark(for match: InterfacePlan.Match) -> [UnitFileText.Assignment] {
    match == .permanentAddress ? [] : [("Property", "ENI_INIT_CANDIDATE=1")]
  }

  private func link(_ plan: InterfacePlan) -> [UnitFileText.Assignment] {
    let mtu: [UnitFileText.Assignment] = plan.mtu.map { [("MTUBytes", "\($0)")] } ?? []
    // A boot never waits for an ENI other than the primary (systemd-networkd-wait-online(8)).
    return mtu + [("RequiredForOnline", "no")]
  }

  /// A moment without carrier and a restart of networkd take nothing from the link, neither what is
  /// ours nor what others have added, such as keepalived's address.
  ///
  /// Tried with systemd 252, 257 and 262. Without the first, 2 s without carrier took every address,
  /// route and rule of ours; without the second, a restart took the addresses and routes of others (257
  /// and 262), and a reload after a change of this file did (252). `static` instead of `yes` keeps no
  /// routes of others. With both, what a change takes out of this file still goes at a reload, and
  /// all that networkd had set goes when the link falls to the hold.
  static let permanence: [UnitFileText.Assignment] = [
    ("IgnoreCarrierLoss", "yes"), ("KeepConfiguration", "yes"),
  ]

  private func common(_ plan: InterfacePlan) -> [UnitFileText.Assignment] {
    [
      ("Description", "\(plan.interface.id), \(plan.interface.attachment)"),
      ("DHCP", "no"),
      // networkd turns IPv6 on for a link that is to have such an address.
      ("LinkLocalAddressing", plan.isIPv6Spoken ? "ipv6" : "no"),
      // A router advertisement would put a second default route into main.
      ("IPv6AcceptRA", "no"),
      // For the link-local address, which follows from the MAC and so is as unique.
      ("IPv6DuplicateAddressDetection", "0"),
      ("DNSDefaultRoute", "no"),
    ] + Self.permanence
  }

  private func keys(_ address: IPPrefix, isDeprecated: Bool) -> [UnitFileText.Assignment] {
    var keys = [("Address", address.description)]
    if isDeprecated { keys.append(("PreferredLifetime", "0")) }
    if !address.isHost { keys.append(("AddPrefixRoute", "no")) }
    // The VPC has assigned it to this ENI alone. Even without a probe the kernel would keep it
    // tentative for up to a second (addrconf.c, addrconf_dad_kick), and replies would be lost.
    if address.family == .ipv6 { keys.append(("DuplicateAddressDetection", "none")) }
    return keys
  }

  private func keys(_ route: Route) -> [UnitFileText.Assignment] {
    var target = [("Destination", route.destination.description)]
    if let gateway = route.gateway {
      target = [("Gateway", gateway.description)]
      // Or it depends on what else leads to the router at the moment: systemd 252 takes a route for
      // that which another configuration of the link has left in its memory, the kernel refuses, and
      // networkd gives the link up.
      if gateway.family == .ipv4 { target.append(("GatewayOnLink", "yes")) }
    }
    return target + [
      ("Table", "\(route.table.rawValue)"), ("Protocol", "\(route.protocol.rawValue)"),
    ]
  }

  /// A rule's keys in its section.
  static func keys(_ rule: RoutingPolicyRule) -> [UnitFileText.Assignment] {
    var keys: [UnitFileText.Assignment] = []
    if let source = rule.source { keys.append(("From", source.description)) }
    if let destination = rule.destination { keys.append(("To", destination.description)) }
    // Otherwise the prefix tells.
    if rule.source == nil, rule.destination == nil { keys.append(("Family", rule.family.rawValue)) }
    if rule.isForOwnPackets { keys.append(("IncomingInterface", "lo")) }
    if let mark = rule.mark { keys.append(("FirewallMark", "\(mark.value)/\(mark.mask)")) }
    keys.append(("Table", "\(rule.table.rawValue)"))
    keys.append(("Priority", "\(rule.priority)"))
    if let length = rule.suppressPrefixLength {
      keys.append(("SuppressPrefixLength", "\(length)"))
    }
    // Known to networkd from 250; earlier ones say "unknown key, ignoring" and go on.
    if let group = rule.suppressGroup { keys.append(("SuppressInterfaceGroup", "\(group)")) }
    return keys
  }
}

extension InterfacePlan.Match {
  fileprivate var key: String {
    switch self {
    case .permanentAddress: "PermanentMACAddress"
    case .currentAddress: "MACAddress"
    }
  }
}
