// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel

/// This process's own network namespace as the VPC's router: what ip(8), nft(8) and sysctl do.
enum RouterNamespace {
  /// Behind each port this next hop stands for the ENI: a permanent neighbour entry has its MAC.
  ///
  /// EC2 knows where an address is by its control plane, not by asking the instance. So no answer
  /// to ARP, and no false one, can lead packets elsewhere.
  private static let nextHop4 = "169.254.0.1"
  private static let nextHop6 = "fe80::ec2:2"
  private static let gateway6 = "fe80:ec2::1"

  /// Refuses a namespace that has links besides lo.
  static func checkIsPrivate() throws {
    let path = "/proc/self/net/dev"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let names = text.split(separator: "\n").dropFirst(2).map { line in
      line.prefix { $0 != ":" }.drop { $0 == " " }
    }
    // A kernel with tunnels built in puts its fallback devices into every namespace.
    let fallbacks = ["lo", "sit0", "tunl0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0"]
    let others = names.map(String.init).filter { !fallbacks.contains($0) && !$0.hasPrefix("ip6_") }
    guard others.isEmpty else { throw VPCError.namespaceIsShared(links: others) }
  }

  /// Makes the namespace a router that has the link-local services' addresses.
  static func begin() throws {
    try set("ipv4/ip_forward", "1")
    try set("ipv6/conf/all/forwarding", "1")
    // Whether a source is right is the source check's question, and its alone to count.
    for scope in ["all", "default"] { try set("ipv4/conf/\(scope)/rp_filter", "0") }
    // The router's addresses are known to be its own: no wait for duplicates.
    try set("ipv6/conf/default/accept_dad", "0")
    try run([
      "link set lo up",
      "address replace 169.254.169.254/32 dev lo",
      "address replace fd00:ec2::254/128 dev lo nodad",
    ])
    // A unicast DHCP renewal is answered from the capture; the kernel must not say "unreachable".
    try nft(
      """
      add table inet vpc
      add chain inet vpc input { type filter hook input priority 0; }
      add rule inet vpc input udp dport { 67, 547 } drop
      add table netdev vpc
      \(PublicAddressMap.beginning)
      """
    )
  }

  /// Undoes ``begin()``.
  static func end() throws {
    try nft("delete table inet vpc\ndelete table netdev vpc\n\(PublicAddressMap.ending)")
    try run([
      "address delete 169.254.169.254/32 dev lo", "address delete fd00:ec2::254/128 dev lo",
    ])
  }

  /// Creates a port's device, still down; a veth's other end waits under a temporary name.
  static func create(_ port: String, _ attachment: PortAttachment, mac: MACAddress, eni: MACAddress)
    throws
  {
    switch attachment {
    case .tap:
      try run(["tuntap add dev \(port) mode tap", "link set \(port) address \(mac) mtu 9001"])
    case .namespace(_, _, let mtu):
      try run([
        "link add \(port) address \(mac) mtu 9001 type veth "
          + "peer name \(port)-eni address \(eni) mtu \(mtu)"
      ])
    }
  }

  /// Makes the device the ENI's router and brings it up.
  static func configure(_ port: String, for eni: SimulatedENI) throws {
    let settings = [
      // One host behind each port, as if it were alone: the router answers for its neighbours.
      ("ipv4/conf/\(port)/proxy_arp", "1"), ("ipv4/neigh/\(port)/proxy_delay", "0"),
      ("ipv6/conf/\(port)/proxy_ndp", "1"), ("ipv6/neigh/\(port)/proxy_delay", "0"),
      ("ipv6/conf/\(port)/addr_gen_mode", "1"), ("ipv6/conf/\(port)/accept_dad", "0"),
      ("ipv4/conf/\(port)/rp_filter", "0"),
    ]
    for (key, value) in settings { try set(key, value) }
    var lines = ["link set \(port) up"]
    if let gateway = eni.ipv4?.gateway {
      lines.append("address replace \(gateway)/32 dev \(port) scope link")
    }
    lines += [
      // /10, so that every link-local address is on the link, not fe80:ec2::/64 alone.
      "address replace \(gateway6)/10 dev \(port) nodad",
      "neighbour replace \(nextHop4) lladdr \(eni.mac) dev \(port) nud permanent",
      "neighbour replace \(nextHop6) lladdr \(eni.mac) dev \(port) nud permanent",
    ]
    try run(lines + eni.sources.map { route("replace", $0, port) })
  }

  /// Moves routes from what the ENI had to what it has.
  static func change(_ port: String, from old: SimulatedENI, to new: SimulatedENI) throws {
    let gone = old.sources.filter { !new.sources.contains($0) }
    try run(
      gone.map { route("delete", $0, port) } + new.sources.map { route("replace", $0, port) }
    )
  }

  /// Hands a veth's other end to the instance: from here on its kernel sees a new device.
  static func release(_ port: String, _ attachment: PortAttachment) throws {
    guard case .namespace(let namespace, let name, _) = attachment else { return }
    // Renamed here first: a move that renames shows the instance's udev two names.
    try run(["link set \(port)-eni name \(name)", "link set \(name) netns \(namespace.reference)"])
  }

  /// Deletes the device; a veth's other end goes with it.
  static func delete(_ port: String) throws {
    try run(["link delete \(port)"])
  }

  /// Makes the subnet's unassigned addresses lead nowhere, and its DNS address answer "refused".
  static func addSubnet(_ subnet: IPPrefix) throws {
    var lines = ["route replace blackhole \(subnet)"]
    if subnet.family == .ipv4, let dns = subnet.address(at: 2) {
      lines.append("address replace \(dns)/32 dev lo")
    }
    try run(lines)
  }

  /// Undoes ``addSubnet(_:)``.
  static func removeSubnet(_ subnet: IPPrefix) throws {
    var lines = ["route delete blackhole \(subnet)"]
    if subnet.family == .ipv4, let dns = subnet.address(at: 2) {
      lines.append("address delete \(dns)/32 dev lo")
    }
    try run(lines)
  }

  /// Changes for which addresses which ports answer neighbour solicitations.
  static func changeProxies(
    adding: some Sequence<NeighborProxy>,
    removing: some Sequence<NeighborProxy>
  )
    throws
  {
    try run(
      removing.map { "neighbour delete proxy \($0.address) dev \($0.port)" }
        + adding.map { "neighbour add proxy \($0.address) dev \($0.port)" }
    )
  }

  /// Runs ip(8), one command a line; the first that fails ends it.
  static func run(_ lines: [String]) throws {
    guard !lines.isEmpty else { return }
    try Program(["ip", "-batch", "-"]).run(input: lines.map { $0 + "\n" }.joined())
  }

  /// Runs nft(8) on one transaction.
  static func nft(_ script: String) throws {
    try Program(["nft", "-f", "-"]).run(input: script)
  }

  private static func route(_ verb: String, _ prefix: IPPrefix, _ port: String) -> String {
    switch prefix.family {
    case .ipv4: "route \(verb) \(prefix) via \(nextHop4) dev \(port) onlink"
    case .ipv6: "route \(verb) \(prefix) via \(nextHop6) dev \(port)"
    }
  }

  private static func set(_ key: String, _ value: String) throws {
    let path = "/proc/sys/net/\(key)"
    do {
      try value.write(toFile: path, atomically: false, encoding: .utf8)
    } catch {
      throw VPCError.notPermitted(path: path, reason: "\(error)")
    }
  }
}
