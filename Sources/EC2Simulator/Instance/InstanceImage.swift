// SPDX-License-Identifier: Apache-2.0

/// What configures the network of an instance in a box.
package enum InstanceImage: Sendable {
  /// systemd-networkd, with DHCP on every Ethernet link.
  case networkd
  /// netplan with systemd-networkd, from packages that are unpacked below a directory; eni-init.conf asks
  /// for it. Beside cloud-init's file for the primary there is one with DHCP for everything.
  case netplan(packages: String)
  /// NetworkManager, from packages that are unpacked below a directory, with DHCP on every link that has
  /// no profile.
  case networkManager(packages: String)
  /// ifupdown with DHCP, from packages that are unpacked below a directory; `interfaces` is
  /// interfaces(5).
  case ifupdown(packages: String, interfaces: String)
  /// A script that knows the primary's address, and nothing else.
  case script

  /// Where the packages are that the machine lacks.
  var packages: String? {
    switch self {
    case .ifupdown(let packages, _), .networkManager(let packages), .netplan(let packages):
      packages
    case .networkd, .script: nil
    }
  }

  /// Whether it follows router advertisements and asks for a lease by DHCPv6.
  var asksForIPv6: Bool {
    switch self {
    case .networkd: true
    case .netplan, .networkManager, .ifupdown, .script: false
    }
  }

  /// The unit that is enabled.
  private var unit: String {
    switch self {
    case .networkd, .netplan: "systemd-networkd.service"
    case .networkManager: "NetworkManager.service"
    case .ifupdown: "networking.service"
    case .script: "network-script.service"
    }
  }

  /// What it is called where a script has to know it.
  var name: String {
    switch self {
    case .networkd: "networkd"
    case .netplan: "netplan"
    case .networkManager: "networkManager"
    case .ifupdown: "ifupdown"
    case .script: "script"
    }
  }

  /// Puts the image's configuration on the disk of an instance that is on, whose primary is `primary` on a
  /// link that the kernel calls `link`.
  func install(on instance: NamespaceInstance, primary: SimulatedENI, link: String) throws {
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
    case .netplan:
      try instance.write(
        "/etc/netplan/50-cloud-init.yaml",
        content: """
          network:
            version: 2
            ethernets:
              \(link):
                match: {\(link.hasPrefix("eth") ? "macaddress: \"\(primary.mac)\"" : "name: \(link)")}
                \(link.hasPrefix("eth") ? "set-name: \(link)" : "")
                dhcp4: true
                dhcp4-overrides: {use-mtu: true}

          """
      )
      try instance.write(
        "/etc/netplan/90-default.yaml",
        content: """
          network:
            version: 2
            ethernets:
              all-en:
                match: {name: "en*"}
                dhcp4: true
              all-eth:
                match: {name: "eth*"}
                dhcp4: true
              all-nic:
                match: {name: "nic*"}
                dhcp4: true

          """
      )
      try instance.check(["sh", "-c", "chmod 600 /etc/netplan/*"])
      try instance.write("/etc/eni-init/eni-init.conf", content: "[General]\nStack=netplan\n")
    case .networkManager:
      // It leaves veth pairs alone otherwise, which is what the links here are.
      try instance.write("/etc/udev/rules.d/85-nm-unmanaged.rules", content: "")
      // Only systemd could start it, and 25 seconds are spent on waiting.
      try instance.check([
        "rm", "-f", "/usr/share/dbus-1/system-services/org.freedesktop.hostname1.service",
      ])
      try instance.write(
        "/etc/NetworkManager/conf.d/box.conf",
        content: "[main]\nplugins=keyfile\ndns=none\n\n[logging]\nlevel=DEBUG\n"
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
          ip link set \(link) mtu 9001 up
          ip address add 10.0.0.10/24 dev \(link)
          ip route add default via 10.0.0.1 dev \(link)

          """
      )
    }
  }

  /// What a boot does before anything else: the work of systemd's generators.
  func generate(on instance: NamespaceInstance) throws {
    guard case .netplan = self else { return }
    try instance.check(["/usr/libexec/netplan/generate"])
  }

  /// Starts it, as a boot does.
  func start(on instance: NamespaceInstance) throws {
    switch self {
    case .networkd: try instance.startNetworkd()
    case .netplan: try instance.startNetworkd()
    case .networkManager: try instance.startNetworkManager()
    case .ifupdown, .script:
      _ = try instance.run(["systemctl", "--no-block", "start", unit])
    }
  }
}
