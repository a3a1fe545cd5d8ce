// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Testing

/// The newest systemd, netplan, and cloud-init there are, before a release has them.
@Suite("SidGuestTests: Debian unstable", .serialized)
struct SidGuestTests {
  @Test(
    "with cloud-init: launched with two ENIs, rebooted, detached, hot-plugged, rebooted",
    arguments: [Launch.Slots.primaryLower, .primaryHigher]
  )
  func cloudInit(slots: Launch.Slots) throws {
    try CloudInitGuestTests().life(.init(image: .sid, hotplug: false, slots: slots))
  }

  @Test("the package lives through everything that it lives through in a release")
  func package() throws {
    try PackageLifeTests().life(image: .sid)
  }
}
