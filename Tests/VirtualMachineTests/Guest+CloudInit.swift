// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import Testing

// cloud-init itself, with its datasource for EC2, which finds the simulated IMDS by itself.
extension Guest {
  /// Makes the guest what Debian's image for EC2 is: nothing but what cloud-init writes configures the
  /// network.
  ///
  /// Modules that have to do with neither the network nor the order of a boot are left out: each
  /// takes its time in emulation.
  func enableCloudInit(hotplug: Bool) throws {
    try machine.run(
      """
      rm -f /etc/netplan/90-default.yaml /etc/systemd/network/80-dhcp.network \
        /etc/network/interfaces
      cat >/etc/cloud/cloud.cfg.d/90-guest.cfg <<'END'
      cloud_init_modules: []
      cloud_config_modules: []
      cloud_final_modules: [install-hotplug, final-message]
      \(hotplug ? "updates: {network: {when: [boot-new-instance, hotplug]}}" : "")
      END
      \(hotplug ? Self.hotplugRule : "")
      rm /etc/cloud/cloud-init.disabled
      """
    )
  }

  /// What the rule that newer versions write does for the drivers of EC2, for this machine's.
  private static let hotplugRule = """
    grep -q 'ID_NET_DRIVER' /usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py &&
      echo 'SUBSYSTEM=="net", ACTION=="add", ENV{ID_NET_DRIVER}=="virtio_net", \
        RUN+="/usr/lib/cloud-init/hook-hotplug"' >/etc/udev/rules.d/91-cloud-init-virtio.rules
    """

  /// Waits until it has done all it does at a boot, and expects that it went well, with IMDS.
  func expectCloudInitDone(_ moment: Comment) throws {
    let status = try machine.result(of: "cloud-init status --wait --long", within: .seconds(300))
    #expect(status.status == 0, "\(moment): \(status)")
    #expect(status.output.contains("DataSourceEc2"), "\(moment): \(status)")
  }

  /// The file that cloud-init has written has the metadata in the form in which ``InstanceData``
  /// writes it for the tests that run without cloud-init.
  func expectInstanceData(_ moment: Comment) throws {
    let instance = SimulatedInstance(id: launch.instance)
    let expected = InstanceData(of: instance, interfaces: [launch.primary, second])
    let written = try metadata(machine.run("cat /run/cloud-init/instance-data.json"))
    #expect(written == (try metadata(expected.json())), moment)
  }

  private func metadata(_ file: String) throws -> NSDictionary {
    let document = try JSONSerialization.jsonObject(with: Data(file.utf8)) as? [String: Any]
    let datasource = document?["ds"] as? [String: Any]
    return try #require(datasource?["meta_data"] as? NSDictionary)
  }

  /// Nothing but cloud-init itself has asked for a lease for the second ENI.
  ///
  /// From 24.1 on it does in a first boot, where netplan is: in its stages before and after the network
  /// comes, to learn of a router that it writes into netplan's file. Its client is not networkd, which says
  /// so by its DUID, of systemd's enterprise number (networkd.conf(5)).
  func expectNoDHCPOfStack(_ moment: Comment) throws {
    let mark: [UInt8] = [0, 2, 0, 0, 0xab, 0x11]
    func isOfStack(_ packet: DHCPPacket) -> Bool { packet.payload.firstRange(of: mark) != nil }
    let packets = try cloud.vpc.dhcpPackets(of: second.id)
    #expect(!packets.contains(where: isOfStack), moment)
    #expect(try cloud.vpc.dhcpPackets(of: primary.id).contains(where: isOfStack), moment)
    guard image == .bookworm else { return }
    #expect(packets.isEmpty, moment)
  }
}

extension Guest {
  /// `netplan apply` ends well, and takes no ENI down.
  ///
  /// netplan has networkd configure all links anew, so a probe may be lost, as without us; the figures
  /// are printed.
  func expectApplied(_ moment: Comment) throws {
    let probes = try [primary, second].map {
      try cloud.vpc.internet.namespace.startProbing(
        try #require($0.addresses.first),
        every: .milliseconds(200)
      )
    }
    var count = DHCPCount(self)
    _ = try count.next()
    let result = try machine.result(of: "netplan apply 2>&1", within: .seconds(180))
    let link = try machine.result(of: "ip link show nic1").output
    try waitUntilAnswering()
    let reports = try probes.map { try $0.stop() }
    for (report, eni) in zip(reports, ["primary", "second"]) {
      print("FIGURE \(image), \(moment): \(eni) lost \(report.lost.count) of \(report.sent)")
    }
    #expect(result.status == 0, "\(moment): \(result)")
    #expect(link.contains("nic1: ") && link.contains(",UP"), "\(moment): \(link)")
    #expect(try count.next().second == 0, moment)
    #expect(reports[1].lost.count <= reports[0].lost.count + 1, "\(moment): \(reports)")
    try expectRouted(moment)
  }
}

/// Counts the DHCP packets of both ENIs from one moment to the next.
struct DHCPCount {
  /// Whether cloud-init may ask for a lease for the second ENI.
  enum OfCloudInit {
    /// In a first boot.
    case allowed
    /// In any other.
    case none
  }

  private let guest: Guest
  private var seen = (primary: 0, second: 0)

  /// Counts from the launch on.
  init(_ guest: Guest) { self.guest = guest }

  /// How many packets came since the last time.
  mutating func next() throws -> (primary: Int, second: Int) {
    let vpc = guest.cloud.vpc
    let now = (
      primary: try vpc.dhcpPackets(of: guest.primary.id).count,
      second: try vpc.dhcpPackets(of: guest.second.id).count
    )
    defer { seen = now }
    return (now.primary - seen.primary, now.second - seen.second)
  }

  /// Prints the figures, and expects that the second ENI has sent no more than it may.
  mutating func expect(ofCloudInit allowed: OfCloudInit, _ moment: Comment) throws {
    let count = try next()
    let online = try guest.moment("ActiveEnter", of: "network-online.target") / 1000
    let pre = try guest.moment("ActiveEnter", of: "network-pre.target") / 1000
    print(
      """
      FIGURE \(guest.image), \(moment): DHCP packets: primary \(count.primary), second \
      \(count.second); network-pre at \(pre) ms, network-online at \(online) ms
      """
    )
    guard allowed == .none else { return }
    #expect(count.second == 0, moment)
  }
}
