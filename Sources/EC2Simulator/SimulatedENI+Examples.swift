// SPDX-License-Identifier: Apache-2.0

extension SimulatedENI {
  /// The primary ENI of the examples: 10.0.0.10.
  package static func examplePrimary() throws -> SimulatedENI {
    try SimulatedENI(
      mac: "02:00:00:00:00:05",
      device: 0,
      ipv4: .init("10.0.0.0/24", "10.0.0.10")
    )
  }

  /// A second ENI in another subnet: 10.0.1.10, and 10.0.1.11 as a secondary address.
  package static func exampleSecond() throws -> SimulatedENI {
    try SimulatedENI(
      mac: "02:00:00:00:00:06",
      device: 1,
      ipv4: .init("10.0.1.0/24", "10.0.1.10", "10.0.1.11")
    )
  }
}
