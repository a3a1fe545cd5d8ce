// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
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

  /// Waits until nothing is left to be started.
  func waitUntilBooted() throws {
    try Condition.wait(until: "the boot is over", within: .seconds(300)) {
      try machine.result(of: "systemctl is-system-running").output != "starting\n"
    }
  }

  /// Nothing but cloud-init itself has asked for a lease for the second ENI.
  ///
  /// From 24.1 on it does, where netplan is: in its stages of a boot before and after the network comes,
  /// to learn of a router that it writes into netplan's file. Its client is not networkd, which says
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
