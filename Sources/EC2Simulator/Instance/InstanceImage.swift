// SPDX-License-Identifier: Apache-2.0

/// What configures the network of an instance in a box.
package enum InstanceImage: Sendable {
  /// systemd-networkd, with DHCP on every Ethernet link.
  case networkd
  /// ifupdown with DHCP, from packages that are unpacked below a directory; `interfaces` is
  /// interfaces(5).
  case ifupdown(packages: String, interfaces: String)
  /// A script that knows the primary's address, and nothing else.
  case script

  /// Where the packages are that the machine lacks.
  var packages: String? {
    if case .ifupdown(let packages, _) = self { packages } else { nil }
  }

  /// The unit that is enabled.
  private var unit: String {
    switch self {
    case .networkd: "systemd-networkd.service"
    case .ifupdown: "networking.service"
    case .script: "network-script.service"
    }
  }

  /// Puts the image's configuration on the disk of an instance that is on.
  func install(on instance: NamespaceInstance) throws {
    try instance.check([
      "sh", "-c",
      """
      rm -rf /etc/systemd/network/* /etc/netplan /etc/systemd/system/*.wants
      mkdir -p /etc/systemd/system/multi-user.target.wants
      ln -s /usr/lib/systemd/system/\(unit) /etc/systemd/system/multi-user.target.wants/
      """,
    ])
    switch self {
    case .networkd:
      try instance.write(
        "/etc/systemd/network/80-dhcp.network",
        content: "[Match]\nType=ether\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nUseMTU=yes\n"
      )
    case .ifupdown(_, let interfaces):
      try instance.write("/etc/network/interfaces", content: interfaces)
    case .script:
      try instance.write(
        "/usr/lib/systemd/system/\(unit)",
        content: "[Service]\nExecStart=/bin/sh /etc/network-script\n"
      )
      try instance.write(
        "/etc/network-script",
        content: """
          ip link set ens5 mtu 9001 up
          ip address add 10.0.0.10/24 dev ens5
          ip route add default via 10.0.0.1 dev ens5

          """
      )
    }
  }

  /// Starts it, as a boot does.
  func start(on instance: NamespaceInstance) throws {
    switch self {
    case .networkd: try instance.startNetworkd()
    case .ifupdown, .script:
      _ = try instance.run(["systemctl", "--no-block", "start", unit])
    }
  }
}
