// SPDX-License-Identifier: Apache-2.0

import EC2Simulator
import NetworkModel
import Testing

/// The instance and ENIs the tests share.
enum Scenario {
  static let primaryMAC = "02:00:00:00:01:05"
  static let secondaryMAC = "02:00:00:00:02:07"
  static let macs = "meta-data/network/interfaces/macs/"

  static func instance() throws -> SimulatedInstance {
    SimulatedInstance(id: try #require(InstanceID("i-0123456789abcdef0")))
  }

  static func primary() throws -> SimulatedENI {
    try SimulatedENI(mac: primaryMAC, device: 0, ipv4: .init("10.0.1.0/24", "10.0.1.5"))
  }

  static func secondary() throws -> SimulatedENI {
    try SimulatedENI(
      mac: secondaryMAC,
      device: 1,
      ipv4: .init("10.0.2.0/24", "10.0.2.7", "10.0.2.8", prefixes: ["10.0.2.32/28"]),
      ipv6: .init("2001:db8:1:2::/64", "2001:db8:1:2::7", prefixes: ["2001:db8:1:2:a::/80"])
    )
  }

  /// A server on loopback; stop it.
  static func server(
    _ configuration: IMDSServerConfiguration = .init(),
    extra: [SimulatedENI] = []
  ) throws -> IMDSServer {
    try IMDSServer(
      instance: try instance(),
      interfaces: [try primary(), try secondary()] + extra,
      configuration: configuration
    )
  }

  /// Waits for a condition, up to ten seconds.
  static func eventually(_ condition: () throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
      if try condition() { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }
}
