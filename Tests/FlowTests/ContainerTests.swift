// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// The container that every host here has, and an echo request in the place of a published port.
  @Suite("Beside a container's bridge", .serialized)
  struct ContainerTests {
    private func stage() throws -> Stage {
      let stage = try Stage.withUs()
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      return stage
    }

    @Test("a port that is published on the primary answers, in main's and in its own subnet")
    func primary() throws {
      let stage = try stage()
      try stage.publishContainer(on: "10.0.0.10")
      let address = try #require(IPAddress("10.0.0.10"))
      #expect(try stage.cloud.probeFromInternet(address).isLossless)
      for subnet in ["10.0.0.0/24", "10.0.1.0/24"] {
        let neighbor = try stage.cloud.vpc.neighbor(in: try #require(IPPrefix(subnet)))
        #expect(try neighbor.namespace.probe(address).isLossless, "from \(subnet)")
      }
    }

    @Test("a container reaches the host's addresses on every ENI, and the internet by the primary")
    func outwards() throws {
      let stage = try stage()
      for address in ["10.0.0.10", "10.0.1.10", "10.0.1.11"] {
        let ping = ["ip", "netns", "exec", "container", "ping", "-c", "2", "-W", "5", address]
        let result = try stage.instance.run(ping)
        #expect(result.status == 0, "\(address): \(result)")
      }
      let route = try stage.shell("ip route get 192.0.2.9 from 172.17.0.2 iif docker0")
      #expect(route.contains("dev ens5"), "\(route)")
    }

    @Test(
      "with ContainerPorts=yes a port that is published on another ENI answers, from everywhere"
    )
    func marked() throws {
      let stage = try Stage.withUs()
      try stage.instance.write(
        "/etc/eni-init/eni-init.conf",
        content: "[General]\nContainerPorts=yes\n"
      )
      try stage.instance.check(["mkdir", "-p", "/etc/eni-init/container-ports"])
      try stage.plug(stage.second, as: "ens6")
      try stage.waitUntilRouted(stage.second)
      try stage.publishContainer(on: "{ 10.0.0.10, 10.0.1.10 }")
      for address in ["10.0.0.10", "10.0.1.10"].compactMap({ IPAddress($0) }) {
        #expect(try stage.cloud.probeFromInternet(address).isLossless, "\(address)")
        for subnet in ["10.0.0.0/24", "10.0.1.0/24"] {
          let neighbor = try stage.cloud.vpc.neighbor(in: try #require(IPPrefix(subnet)))
          #expect(try neighbor.namespace.probe(address).isLossless, "\(address) from \(subnet)")
        }
      }
      let other = try #require(IPAddress("10.0.1.11"))
      #expect(try stage.cloud.probeFromInternet(other).isLossless, "what is not published")
      for eni in [stage.primary, stage.second] {
        #expect(try stage.cloud.vpc.sourceCheckDrops(of: eni.id).total == 0)
      }
      try stage.instance.write("/etc/eni-init/eni-init.conf", content: "")
      try stage.shell("eni-init refresh")
      #expect(try !stage.shell("ip rule").contains("fwmark 0x10000/0xfff0000"))
      #expect(try stage.shell("ls /etc/eni-init/container-ports").isEmpty)
    }

    @Test("the marks of all ENIs are loaded after one refresh, and check finds those that are lost")
    func loaded() throws {
      let stage = try Stage.routed()
      let third = try SimulatedENI(
        mac: "02:00:00:00:00:07",
        device: 2,
        ipv4: .init("10.0.1.0/24", "10.0.1.20")
      )
      try stage.plug(third, as: "ens7")
      try stage.waitUntilRouted(third)
      try stage.instance.check(["mkdir", "-p", "/etc/eni-init/container-ports"])
      try stage.instance.write(
        "/etc/eni-init/eni-init.conf",
        content: "[General]\nContainerPorts=yes\n"
      )
      try stage.shell("eni-init refresh")
      let map = "nft list map inet eni-init links"
      for name in ["nic1", "nic2"] {
        #expect(try stage.shell(map).contains("\"\(name)\""), "\(name)")
      }
      let check = ["eni-init", "check", "--json"]
      #expect(try !stage.instance.run(check).output.contains("marks-missing"))
      try stage.shell("nft delete element inet eni-init links '{ \"nic2\" }'")
      let found = try stage.instance.run(check).output
      #expect(found.contains("marks-missing") && found.contains("nic2"), "\(found)")
      stage.intendedForeignChanges = [.firewall]
      try stage.shell("nft flush ruleset; systemctl restart eni-init-container-ports.service")
      #expect(try !stage.instance.run(check).output.contains("marks-missing"))
    }

    // What rules by source cannot do: the container's reply is routed while its source is still the
    // container's own address, by main, and so leaves by the primary.
    @Test("a port that is published on another ENI is dropped by the VPC, as the manual says")
    func second() throws {
      let stage = try stage()
      try stage.publishContainer(on: "10.0.1.10")
      let address = try #require(IPAddress("10.0.1.10"))
      #expect(try !stage.cloud.probeFromInternet(address, count: 1).isLossless)
      #expect(try stage.cloud.vpc.sourceCheckDrops(of: stage.primary.id).total > 0)
    }
  }
}
