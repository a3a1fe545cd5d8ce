// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// The package comes to a host that has run with a second ENI, to which the image gave a lease.
@Suite("LateInstallationGuestTests: installed beside a second ENI", .serialized)
struct LateInstallationGuestTests {
  @Test("nothing changes until the next boot, which configures it", arguments: GuestImage.releases)
  func life(image: GuestImage) throws {
    try outlivingPanics { try live(image) }
  }

  private func live(_ image: GuestImage) throws {
    let guest = try Guest(image)
    try guest.plugSecond()
    try Condition.wait(until: "the second ENI has a lease", within: .seconds(120)) {
      try guest.machine.result(of: "ip -o -4 address show dev ens6").output.contains("10.0.1.10/24")
    }
    try guest.stateAfterBoot()
    let before = try guest.machine.run(Self.live)
    _ = try guest.install()
    try guest.expectRunning("installed")
    #expect(try guest.machine.run(Self.live) == before, "installing changes no live link")
    for moment in ["rebooted", "rebooted again"] {
      let count = try guest.cloud.vpc.dhcpPackets(of: guest.second.id).count
      try guest.reboot()
      try guest.waitUntilAnswering()
      try guest.waitUntilIdle()
      try guest.expectRouted("\(moment)")
      try guest.expectRunning("\(moment)")
      // What was sent before is the goodbye of the client that the image had on it.
      let sent = try guest.cloud.vpc.dhcpPackets(of: guest.second.id).count - count
      print("FIGURE \(image), \(moment): \(sent) DHCP packets of the second ENI")
      #expect(moment == "rebooted" || sent == 0, "\(moment)")
    }
  }

  private static let live = """
    ip -o link; ip -o -4 address | sed 's/valid_lft.*//'; ip rule; ip route
    """
}
