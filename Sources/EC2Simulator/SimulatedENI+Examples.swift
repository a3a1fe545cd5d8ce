// SPDX-License-Identifier: Apache-2.0

/// The ENIs of the examples have all that EC2 gives an ENI, so that no form of the metadata is
/// missing from a test by chance: both families, Elastic IPs, delegated prefixes, several groups.
extension SimulatedENI {
  /// The primary ENI: 10.0.0.10 with an Elastic IP, and 2001:db8:1::10.
  package static func examplePrimary() throws -> SimulatedENI {
    var eni = try SimulatedENI(
      mac: "02:00:00:00:00:05",
      device: 0,
      ipv4: .init("10.0.0.0/24", "10.0.0.10"),
      ipv6: .init("2001:db8:1::/64", "2001:db8:1::10")
    )
    eni.publicAddresses = [try PublicAddress("198.51.100.10", for: "10.0.0.10")]
    return eni
  }

  /// A second ENI in another subnet: 10.0.1.10 and 10.0.1.11 with an Elastic IP each,
  /// 2001:db8:1:1::10 and 2001:db8:1:1::11, and a delegated prefix of each family.
  package static func exampleSecond() throws -> SimulatedENI {
    var eni = try SimulatedENI(
      mac: "02:00:00:00:00:06",
      device: 1,
      ipv4: .init("10.0.1.0/24", "10.0.1.10", "10.0.1.11", prefixes: ["10.0.1.32/28"]),
      ipv6: .init(
        "2001:db8:1:1::/64",
        "2001:db8:1:1::10",
        "2001:db8:1:1::11",
        prefixes: ["2001:db8:1:1:a::/80"]
      )
    )
    eni.publicAddresses = [
      try PublicAddress("198.51.100.20", for: "10.0.1.10"),
      try PublicAddress("198.51.100.21", for: "10.0.1.11"),
    ]
    eni.subnetID = "subnet-0a1b2c3d4e5f60719"
    return eni
  }

  /// ``exampleSecond()`` with IPv4 alone and no prefix: for figures that are compared.
  package static func plainSecond() throws -> SimulatedENI {
    try SimulatedENI(
      mac: "02:00:00:00:00:06",
      device: 1,
      ipv4: .init("10.0.1.0/24", "10.0.1.10", "10.0.1.11")
    )
  }
}
