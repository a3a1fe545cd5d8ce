// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import Testing

/// The power is cut while an ENI is being attached; the next boot is not helped by anybody.
@Suite("VirtualMachineTests: power cuts during an attach", .serialized)
struct PowerCutTests {
  /// How many, evenly spread over the span; POWER_CUTS asks for more than there is time for in each
  /// run of all tests.
  private static let cuts =
    ProcessInfo.processInfo.environment["POWER_CUTS"].flatMap { Int($0) } ?? 4
  /// Longer than from the plug to a routed ENI in emulation.
  private static let span: Duration = .seconds(3)

  @Test("after each the primary is reached, and both ENIs answer")
  func cuts() throws {
    let guest = try outlivingPanics {
      let guest = try Guest(.bookworm)
      _ = try guest.install()
      // What the test itself has written, the rule that names the driver, must not be lost.
      try guest.machine.run("sync")
      return guest
    }
    for cut in 0..<Self.cuts {
      let moment = Self.span * cut / Self.cuts
      try guest.plugSecond()
      // No condition to wait for: the moment itself is what is tested.
      Thread.sleep(forTimeInterval: moment / .seconds(1))
      try outlivingPanics {
        try guest.cutPowerAndRestart()
        try expectConverged(guest, "power cut \(moment) after the plug")
      }
      print("power cut \(moment) after the plug: converged")
      try forgetSecond(guest)
    }
  }

  private func expectConverged(_ guest: Guest, _ moment: Comment) throws {
    try guest.waitUntilAnswering()
    try guest.waitUntilIdle()
    try guest.expectRouted(moment)
    try guest.expectNoDHCP(moment)
    try guest.expectRunning(moment)
    let primary = try #require(guest.primary.addresses.first)
    #expect(try guest.cloud.probeFromInternet(primary).isLossless, moment)
    #expect(try guest.mainDefaultRoutes().split(separator: "\n").count == 1, moment)
    // A file that was being written is there whole or not at all.
    let left = try guest.machine.run("find /etc/systemd /etc/iproute2 /etc/eni-init -name '.*.tmp'")
    #expect(left.isEmpty, moment)
  }

  /// So that the next attach has everything to do again.
  private func forgetSecond(_ guest: Guest) throws {
    try guest.unplugSecond()
    try guest.machine.run("eni-init seal && eni-init arm && networkctl reload && sync")
  }
}
