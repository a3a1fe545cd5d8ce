// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Testing

@testable import EC2Simulator

/// A VPC with an instance of two ENIs, eth0 and eth1, configured with plain ip(8) commands.
struct VPCFixture {
  let vpc: VirtualPrivateCloud
  let instance: VirtualHost
  let primary: SimulatedENI
  let secondary: SimulatedENI

  init() throws {
    vpc = try VirtualPrivateCloud()
    instance = try VirtualHost(name: "instance", addresses: [])
    primary = try SimulatedENI(
      mac: Scenario.primaryMAC,
      device: 0,
      ipv4: .init("10.0.1.0/24", "10.0.1.5"),
      ipv6: .init("2001:db8:1:1::/64", "2001:db8:1:1::5")
    )
    secondary = try Scenario.secondary()
    try attach(primary, "eth0")
    try attach(secondary, "eth1")
    // Only the VPC's check is under test, so the instance's own is off.
    try run("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0")
    try instance.namespace.ip([
      "link set eth0 up", "link set eth1 up",
      "address add 10.0.1.5/24 dev eth0", "address add 10.0.2.7/24 dev eth1",
      "address add 2001:db8:1:1::5/64 dev eth0 nodad",
      "address add 2001:db8:1:2::7/64 dev eth1 nodad",
      "route add default via 10.0.1.1 dev eth0",
      "route add default via fe80:ec2::1 dev eth0",
    ])
  }

  /// What makes replies of the secondary ENI leave by it.
  func addPolicyRouting() throws {
    try instance.namespace.ip([
      "route add 10.0.2.0/24 dev eth1 table 10001",
      "route add default via 10.0.2.1 dev eth1 table 10001",
      "route add 2001:db8:1:2::/64 dev eth1 table 10001",
      "route add default via fe80:ec2::1 dev eth1 table 10001",
      "rule add from 10.0.2.7 table 10001 priority 10001",
    ])
    try run("ip -6 rule add from 2001:db8:1:2::7 table 10001 priority 10001")
  }

  func attach(_ eni: SimulatedENI, _ name: String) throws {
    let name = try #require(InterfaceName(name))
    try vpc.attach(eni, to: .namespace(instance.namespace, kernelName: name))
  }

  @discardableResult
  func run(_ command: String) throws -> String {
    try instance.namespace.program(command.split(separator: " ").map(String.init)).run()
  }

  func drops(_ eni: SimulatedENI) throws -> SourceCheckDrops {
    try vpc.sourceCheckDrops(of: eni.id)
  }
}

/// An address literal of a test.
func address(_ text: String) throws -> IPAddress {
  try #require(IPAddress(text))
}
