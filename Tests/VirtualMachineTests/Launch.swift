// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport

/// What makes a disk an instance: its identity, its ENIs, and what it is started with.
struct Launch {
  /// In which order the ENIs are on the PCI bus.
  enum Slots {
    /// The primary in slot 5, the second ENI in slot 6.
    case primaryLower
    /// The second ENI in slot 5, the primary in slot 6.
    case primaryHigher

    /// The primary's slot.
    var primary: Int { self == .primaryLower ? 5 : 6 }
    /// The second ENI's slot.
    var second: Int { self == .primaryLower ? 6 : 5 }
  }

  /// The identity that its firmware shows.
  let instance: InstanceID
  /// The primary ENI.
  let primary: SimulatedENI
  /// The other one.
  let second: SimulatedENI
  /// Where they are.
  var slots = Slots.primaryLower
  /// Whether the second ENI is attached from the start.
  var isSecondAttached = false
  /// Whether IMDS refuses connections from the start.
  var isIMDSDown = false
  /// Whether cloud-init has asked IMDS by the time eni-init-boot.service runs.
  var hasCloudInit = false

  /// The instance of the examples, with its second ENI still to be plugged in.
  static func example() throws -> Launch {
    Launch(instance: Fixture.instance, primary: try .examplePrimary(), second: try .exampleSecond())
  }

  /// An instance that has nothing in common with ``example()`` but the subnets, with both its ENIs
  /// attached.
  static func another(_ slots: Slots) throws -> Launch {
    guard let instance = InstanceID("i-0fedcba9876543210") else {
      throw SimulatedENIError.malformed("instance id", "i-0fedcba9876543210")
    }
    var primary = try SimulatedENI(
      mac: "02:00:00:00:01:05",
      device: 0,
      ipv4: .init("10.0.0.0/24", "10.0.0.20"),
      ipv6: .init("2001:db8:1::/64", "2001:db8:1::20")
    )
    primary.publicAddresses = [try PublicAddress("198.51.100.30", for: "10.0.0.20")]
    var second = try SimulatedENI(
      mac: "02:00:00:00:01:06",
      device: 1,
      ipv4: .init("10.0.1.0/24", "10.0.1.20", "10.0.1.21", prefixes: ["10.0.1.48/28"]),
      ipv6: .init("2001:db8:1:1::/64", "2001:db8:1:1::20", prefixes: ["2001:db8:1:1:b::/80"])
    )
    second.publicAddresses = [try PublicAddress("198.51.100.31", for: "10.0.1.20")]
    return Launch(
      instance: instance,
      primary: primary,
      second: second,
      slots: slots,
      isSecondAttached: true
    )
  }

  /// What cloud-init would have in `/run/cloud-init/instance-data.json`; nil without it.
  func instanceData() throws -> String? {
    guard hasCloudInit else { return nil }
    return try InstanceData(of: SimulatedInstance(id: instance), interfaces: [primary, second])
      .json()
  }
}

extension SimulatedENI {
  /// Its IPv4 addresses.
  var addresses: [IPAddress] { ipv4?.addresses ?? [] }
}
