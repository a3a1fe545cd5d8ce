// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// A VPC of network namespaces, whose router is this process's own network namespace.
///
/// Each ENI is a port of the router; there is no bridge, so nothing is broadcast between ENIs. The
/// router answers ARP and neighbour solicitations for a subnet's other ENIs, as the VPC's mapping
/// service does, is the gateway (base + 1, fe80:ec2::1) on every port, answers DHCPv4, and drops
/// and counts what comes from an ENI with a source that is not the ENI's. An ``IMDSServer`` of this
/// process can listen on 169.254.169.254 and fd00:ec2::254.
///
/// It answers DHCPv6 and router solicitations as well, and translates public IPv4 addresses. Private
/// addresses are reachable from the "internet" host directly, which keeps probes simple.
///
/// Not safe to use from several threads at once.
package final class VirtualPrivateCloud {
  /// A public client: 203.0.113.10 and 2001:db8:ffff::10, behind the router.
  package let internet: VirtualHost

  /// What the times of packets count from, so that those of two ENIs can be compared.
  private let start = ContinuousClock.now
  private var ports: [NetworkInterface.ID: Port] = [:]
  private var neighbors: [IPPrefix: VirtualHost] = [:]
  private var neighborPorts: [Port] = []
  private var proxies: Set<NeighborProxy> = []
  private var closedPorts: [NetworkInterface.ID: Port] = [:]
  private var portNumber = 0
  private var isTornDown = false

  /// Makes the namespace this process is in the router of an empty VPC.
  ///
  /// It refuses a namespace with links besides lo, which could be the machine's own. Run it below
  /// `unshare --net --mount --pid --fork --mount-proc`.
  package init() throws {
    try RouterNamespace.checkIsPrivate()
    try RouterNamespace.begin()
    let addresses = ["203.0.113.10", "2001:db8:ffff::10"].compactMap { IPAddress($0) }
    internet = try VirtualHost(name: "internet", addresses: addresses)
    try connectInternet()
  }

  deinit {
    // Nobody can be told here; tests that make another VPC call tearDown() and see its error.
    try? tearDown()
  }

  /// Deletes every port and address, so that another VPC can be made.
  package func tearDown() throws {
    guard !isTornDown else { return }
    isTornDown = true
    for id in ports.keys { try detach(id) }
    for port in neighborPorts { try close(port) }
    try RouterNamespace.run(["link delete internet"])
    for subnet in neighbors.keys { try RouterNamespace.removeSubnet(subnet) }
    neighbors.removeAll()
    try RouterNamespace.end()
  }

  private func connectInternet() throws {
    try RouterNamespace.run([
      "link add internet mtu 9001 type veth peer name internet-host mtu 9001",
      "link set internet-host netns \(internet.namespace.reference) name eth0",
      "link set internet up",
      "address add 203.0.113.1/24 dev internet",
      "address add 2001:db8:ffff::1/64 dev internet nodad",
    ])
    try internet.namespace.ip([
      "link set eth0 up",
      "address add 203.0.113.10/24 dev eth0",
      "address add 2001:db8:ffff::10/64 dev eth0 nodad",
      "route add default via 203.0.113.1",
      "route add default via 2001:db8:ffff::1",
    ])
  }
}

// ENIs.
extension VirtualPrivateCloud {
  /// Attaches `eni`: makes its port, and its device in the instance; a subnet's first ENI brings
  /// the subnet and a neighbour host.
  ///
  /// DHCP packets and foreign sources count from before the instance sees the device.
  package func attach(_ eni: SimulatedENI, to attachment: PortAttachment) throws {
    guard ports[eni.id] == nil else { throw VPCError.attachedTwice(eni.id) }
    for part in eni.interface.families { try addSubnet(part.subnet) }
    ports[eni.id] = try open(eni, attachment)
    closedPorts[eni.id] = nil
    try updateProxies()
    try updatePublicAddresses()
    if let port = ports[eni.id] { try RouterNamespace.release(port.device, attachment) }
  }

  /// Detaches the ENI: its device goes from the instance.
  ///
  /// Its counts can still be read.
  package func detach(_ id: NetworkInterface.ID) throws {
    guard let port = ports.removeValue(forKey: id) else { throw VPCError.notAttached(id) }
    try close(port)
    closedPorts[id] = port
    try updateProxies()
    try updatePublicAddresses()
  }

  /// Gives an attached ENI other addresses or prefixes: routes, source check and DHCP follow.
  package func update(_ eni: SimulatedENI) throws {
    guard let port = ports[eni.id] else { throw VPCError.notAttached(eni.id) }
    for part in eni.interface.families { try addSubnet(part.subnet) }
    try RouterNamespace.change(port.device, from: port.eni, to: eni)
    try RouterNamespace.nft(port.sourceCheck.update(for: eni))
    port.eni = eni
    try updateProxies()
    try updatePublicAddresses()
  }

  /// The ENIs that have a port.
  package var attachedENIs: [SimulatedENI] { ports.values.map(\.eni) }

  /// Whether DHCPv4 of an ENI is answered (it is, unless turned off); it is recorded anyhow.
  package func answerDHCP(of id: NetworkInterface.ID, _ isAnswered: Bool) throws {
    try port(id).answersDHCP = isAnswered
  }

  /// Every DHCPv4 and DHCPv6 packet from the ENI since its port was made, as seen on the wire.
  package func dhcpPackets(of id: NetworkInterface.ID) throws -> [DHCPPacket] {
    try port(id).packets
  }

  /// Takes the carrier from the ENI's device, or gives it back with all that the router had for it.
  package func setCarrier(of id: NetworkInterface.ID, _ isThere: Bool) throws {
    let port = try port(id)
    guard isThere else { return try RouterNamespace.run(["link set \(port.device) down"]) }
    try RouterNamespace.configure(port.device, for: port.eni)
    let own = proxies.filter { $0.port == port.device }
    try RouterNamespace.changeProxies(adding: own, removing: [])
  }

  /// Has the router advertise itself once on the ENI's port, as a VPC's does unasked.
  package func advertiseRouter(to id: NetworkInterface.ID) throws {
    try RouterAdvertisement.send(by: try port(id).device)
  }

  /// What the source check dropped of the ENI's frames since its port was made.
  package func sourceCheckDrops(of id: NetworkInterface.ID) throws -> SourceCheckDrops {
    try port(id).drops()
  }

  /// The router's device that is the ENI's port, for tcpdump(8) and tc(8).
  package func device(of id: NetworkInterface.ID) throws -> String {
    try port(id).device
  }

  /// The host that lives in `subnet` beside the ENIs, with a port and a source check of its own.
  package func neighbor(in subnet: IPPrefix) throws -> VirtualHost {
    guard let host = neighbors[subnet] else { throw VPCError.noNeighbor(subnet) }
    return host
  }

  private func port(_ id: NetworkInterface.ID) throws -> Port {
    guard let port = ports[id] ?? closedPorts[id] else { throw VPCError.notAttached(id) }
    return port
  }
}

// Ports and subnets.
extension VirtualPrivateCloud {
  private func open(_ eni: SimulatedENI, _ attachment: PortAttachment) throws -> Port {
    portNumber += 1
    let device: String =
      switch attachment {
      case .tap(let name): name.text
      case .namespace: "port\(portNumber)"
      }
    let octets: [UInt8] = [
      0x0a, 0xec, 0x02, 0, UInt8(portNumber >> 8 & 0xff), UInt8(portNumber & 0xff),
    ]
    guard let mac = MACAddress(octets: octets) else {
      throw SimulatedENIError.malformed("MAC address", "\(octets)")
    }
    try RouterNamespace.create(device, attachment, mac: mac, eni: eni.mac)
    do {
      let port = try Port(device: device, mac: mac, eni: eni, start: start)
      try RouterNamespace.nft(port.sourceCheck.beginning(for: eni))
      try RouterNamespace.configure(device, for: eni)
      return port
    } catch {
      try? RouterNamespace.delete(device)
      throw error
    }
  }

  private func close(_ port: Port) throws {
    try port.close()
    try RouterNamespace.nft(port.sourceCheck.ending)
    try RouterNamespace.delete(port.device)
  }

  private func updatePublicAddresses() throws {
    try RouterNamespace.nft(PublicAddressMap.update(for: ports.values.map(\.eni)))
  }

  private func updateProxies() throws {
    let wanted = NeighborProxy.all(of: Array(ports.values) + neighborPorts)
    // Those of a device that is gone went with it.
    let devices = Set((Array(ports.values) + neighborPorts).map(\.device))
    let present = proxies.filter { devices.contains($0.port) }
    try RouterNamespace.changeProxies(
      adding: wanted.subtracting(present),
      removing: present.subtracting(wanted)
    )
    proxies = wanted
  }

  private func addSubnet(_ subnet: IPPrefix) throws {
    guard neighbors[subnet] == nil else { return }
    // Near the end of the block, where no scenario's ENIs are.
    let offset = subnet.family == .ipv4 ? (1 << UInt32(32 - subnet.length)) - 6 : 0xfffa
    guard let address = subnet.address(at: UInt32(offset)) else { return }
    try RouterNamespace.addSubnet(subnet)
    let host = try VirtualHost(name: "neighbor in \(subnet)", addresses: [address])
    try connect(host, address, subnet)
    neighbors[subnet] = host
  }

  private func connect(_ host: VirtualHost, _ address: IPAddress, _ subnet: IPPrefix) throws {
    let number = neighborPorts.count + 1
    let part = SimulatedENI.Block(subnet.description, address.description)
    let eni = try SimulatedENI(
      mac: "0a:ec:02:ff:00:" + (number < 16 ? "0" : "") + String(number, radix: 16),
      device: 0,
      ipv4: subnet.family == .ipv4 ? part : nil,
      ipv6: subnet.family == .ipv6 ? part : nil
    )
    guard let name = InterfaceName("eth0"),
      let gateway = eni.interface.families.first?.gateway
    else { throw VPCError.noNeighbor(subnet) }
    let attachment = PortAttachment.namespace(host.namespace, kernelName: name, mtu: 9001)
    let port = try open(eni, attachment)
    neighborPorts.append(port)
    try RouterNamespace.release(port.device, attachment)
    let length = subnet.length
    try host.namespace.ip([
      "link set eth0 up",
      "address add \(address)/\(length) dev eth0" + (subnet.family == .ipv6 ? " nodad" : ""),
      "route add default via \(gateway) dev eth0",
    ])
  }
}
