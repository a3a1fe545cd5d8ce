// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Writes for the network scripts of Red Hat's distributions (initscripts' sysconfig.txt): an ENI has an
/// `ifcfg-` file, and its routes and rules, as ip(8) takes them, in one file a family.
///
/// Every address stands alone: one with a subnet's length would bring the route to it into main.
package struct SysconfigRenderer: Renderer {
  /// The renderer; it has no state.
  package init() {}

  private static let directory = "/etc/sysconfig/network-scripts"

  /// The `ifcfg-` files.
  ///
  /// Their names are the scripts' business; so what tells ours is the first line alone.
  package static let interfaces = kind("ifcfg-")
  private static let routes: [AddressFamily: OwnedFiles] = [
    .ipv4: kind("route-"), .ipv6: kind("route6-"),
  ]
  private static let rules: [AddressFamily: OwnedFiles] = [
    .ipv4: kind("rule-"), .ipv6: kind("rule6-"),
  ]

  private static func kind(_ prefix: String) -> OwnedFiles {
    OwnedFiles(directory: directory, prefix: prefix, suffix: "")
  }

  package func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile] {
    guard !plan.isHeld else { return [] }
    let lists = AddressFamily.allCases.flatMap { family in
      [
        list(
          Self.routes[family],
          plan,
          instance,
          plan.routes.filter { $0.destination.family == family }.map { $0.words(plan.name) }
        ),
        list(
          Self.rules[family],
          plan,
          instance,
          plan.rules.filter { $0.family == family }.map(\.description)
        ),
      ]
    }
    return [interface(plan, instance)] + lists.compactMap(\.self)
      + CommonFiles.files(for: plan, instance: instance)
  }

  private func interface(_ plan: InterfacePlan, _ instance: InstanceID) -> ConfigFile {
    var lines = [
      "DEVICE=\(plan.name)", "HWADDR=\(plan.mac)", "TYPE=Ethernet", "ONBOOT=yes", "BOOTPROTO=none",
      "NM_CONTROLLED=no", "USERCTL=no", "PEERDNS=no", "DEFROUTE=no",
      // The scripts would put a route to 169.254.0.0/16, where IMDS is, into main.
      "NOZEROCONF=yes",
      // The VPC has assigned the addresses to this ENI alone.
      "ARPCHECK=no",
    ]
    if let mtu = plan.mtu { lines.append("MTU=\(mtu)") }
    for (position, address) in addresses(.ipv4, plan).enumerated() {
      lines += ["IPADDR\(position)=\(address)", "PREFIX\(position)=32"]
    }
    let ipv6 = addresses(.ipv6, plan).map { "\($0.hostPrefix)" }
    // Autoconfiguration would put a second default route into main.
    lines += ["IPV6INIT=\(ipv6.isEmpty ? "no" : "yes")", "IPV6_AUTOCONF=no", "IPV6_DEFROUTE=no"]
    if let first = ipv6.first { lines.append("IPV6ADDR=\(first)") }
    if ipv6.count > 1 {
      lines.append("IPV6ADDR_SECONDARIES=\"\(ipv6.dropFirst().joined(separator: " "))\"")
    }
    return ConfigFile(
      path: Self.interfaces.path(plan.name),
      lines: header(plan, instance) + lines
    )
  }

  private func addresses(_ family: AddressFamily, _ plan: InterfacePlan) -> [IPAddress] {
    plan.addresses.map(\.address).filter { $0.family == family }
  }

  /// A file of what ip(8) adds, a line each; none when there is nothing.
  private func list(
    _ kind: OwnedFiles?,
    _ plan: InterfacePlan,
    _ instance: InstanceID,
    _ lines: [String]
  ) -> ConfigFile? {
    guard let kind, !lines.isEmpty else { return nil }
    return ConfigFile(path: kind.path(plan.name), lines: header(plan, instance) + lines)
  }

  private func header(_ plan: InterfacePlan, _ instance: InstanceID) -> [String] {
    Header.lines(
      for: plan,
      instance: instance,
      override: "`eni-init plan` shows what would be written here."
    )
  }

  /// An alias file of the scripts has one address and no IPv6, so the primary has the script that it
  /// has where nothing manages the network.
  package func primaryFile(
    for plan: PrimaryPlan,
    on link: InterfaceName,
    besides stackFile: String,
    instance: InstanceID
  ) -> ConfigFile? {
    KernelRenderer().primaryFile(for: plan, on: link, besides: stackFile, instance: instance)
  }

  package func primaryAddresses(in content: String) -> [IPPrefix] {
    KernelRenderer().primaryAddresses(in: content)
  }

  package func ownedFiles(names: (String) throws -> [String]) throws -> [OwnedFiles] {
    [Self.interfaces] + Self.routes.values + Self.rules.values
      + [KernelRenderer.primaryScript] + CommonFiles.owned
  }
}
