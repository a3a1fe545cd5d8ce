// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import TestSupport
import Testing

extension FlowTests {
  /// What the network scripts do with our files, as sysconfig.txt of initscripts describes it: the
  /// scripts themselves are in no package of Debian.
  @Suite("Files for the network scripts")
  struct SysconfigTests {
    /// The files of an ENI of both families, by `eni-init render`'s golden tree.
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("CommandTests/Goldens/sysconfig/etc/sysconfig/network-scripts").path

    /// Sources the file as a shell's, and gives each line of the others to ip(8).
    private static let script = """
      set -eu
      cd \(directory)
      ip link add nic1 type veth peer name peer1
      ip link set peer1 up
      . ./ifcfg-nic1
      ip link set nic1 up ${MTU:+mtu $MTU}
      ip address add "$IPADDR0/$PREFIX0" dev "$DEVICE"
      ip address add "$IPADDR1/$PREFIX1" dev "$DEVICE"
      for address in $IPV6ADDR $IPV6ADDR_SECONDARIES; do
        ip -6 address add "$address" dev "$DEVICE" nodad
      done
      each() {
        grep -v '^#' "$1" | while read -r line; do ip $2 $3 add $line; done
      }
      each route-nic1 -4 route
      each route6-nic1 -6 route
      each rule-nic1 -4 rule
      each rule6-nic1 -6 rule
      ip route show table 10001
      ip -6 route show table 10001
      ip rule
      ip -6 rule
      ip route show table main
      """

    @Test("ip(8) takes every line in its order, and main gets no route")
    func lines() throws {
      let output = try Program(["unshare", "--net", "bash", "-c", Self.script]).run()
      for line in [
        "default via 10.0.1.1 dev nic1", "default via fe80:ec2::1 dev nic1",
        "from 10.0.1.32/28 lookup", "from 2001:db8:1:1:a::/80 lookup",
        "from all lookup main suppress_prefixlength 0 suppress_ifgroup 10000",
      ] {
        #expect(output.contains(line), "\(line)")
      }
      #expect(output.hasSuffix("lookup main\n") || output.hasSuffix("lookup main \n"), "\(output)")
    }
  }
}
