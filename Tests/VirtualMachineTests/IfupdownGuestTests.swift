// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

/// A stanza that names an ENI as the kernel does, in an image's or an administrator's interfaces(5).
@Suite("IfupdownGuestTests: a stanza for the kernel's name of an ENI", .serialized)
struct IfupdownGuestTests {
  private static let file = "/etc/network/interfaces.d/eni-init-nic1"

  @Test("networking.service succeeds at a boot, when it restarts, and at a first boot")
  func life() throws {
    try outlivingPanics { try live() }
  }

  private func live() throws {
    let stack = try #require(StackGuestTests.stacks.first)
    let guest = try Guest(stack.image)
    _ = try guest.install()
    try guest.machine.run(stack.change)
    try guest.reboot()
    try guest.plugSecond()
    try guest.expectAtRest("hot-plugged", file: Self.file)
    try guest.machine.run(
      "printf 'auto ens6\\niface ens6 inet dhcp\\n' >>/etc/network/interfaces"
    )
    try guest.reboot()
    try guest.expectAtRest("rebooted", file: Self.file)
    try guest.machine.run("systemctl restart networking.service", within: .seconds(120))
    try guest.expectAtRest("restarted", file: Self.file)
    try guest.machine.run("eni-init seal && sync")
    try guest.reboot()
    try guest.expectAtRest("booted for the first time", file: Self.file)
    print(try guest.journal(of: "networking.service"))
  }
}
