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
    return Launch(
      instance: instance,
      primary: try SimulatedENI(
        mac: "02:00:00:00:01:05",
        device: 0,
        ipv4: .init("10.0.0.0/24", "10.0.0.20")
      ),
      second: try SimulatedENI(
        mac: "02:00:00:00:01:06",
        device: 1,
        ipv4: .init("10.0.1.0/24", "10.0.1.20", "10.0.1.21")
      ),
      slots: slots,
      isSecondAttached: true
    )
  }

  /// ``another(_:)`` whose ENIs have an Elastic IP each.
  static func `public`(_ slots: Slots) throws -> Launch {
    let plain = try another(slots)
    func mapped(_ eni: SimulatedENI, _ address: String) -> SimulatedENI {
      var eni = eni
      eni.publicIPv4 = IPv4Address(address)
      return eni
    }
    return Launch(
      instance: plain.instance,
      primary: mapped(plain.primary, "203.0.113.20"),
      second: mapped(plain.second, "203.0.113.21"),
      slots: slots,
      isSecondAttached: true
    )
  }

  /// What cloud-init would have in `/run/cloud-init/instance-data.json`; nil without it.
  var instanceData: String? {
    guard hasCloudInit else { return nil }
    return """
      {"ds": {"meta_data": {
        "instance-id": "\(instance)", "mac": "\(primary.mac)",
        "network": {"interfaces": {"macs": {\(facts(of: primary)), \(facts(of: second))}}}}}}
      """
  }

  private func facts(of eni: SimulatedENI) -> String {
    let addresses = eni.addresses.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      "\(eni.mac)": {"device-number": "\(eni.attachment.deviceNumber)",
        "interface-id": "\(eni.id)", "local-ipv4s": [\(addresses)],
        "subnet-ipv4-cidr-block": "\(eni.ipv4?.subnet.description ?? "")"}
      """
  }
}

extension SimulatedENI {
  /// Its IPv4 addresses.
  var addresses: [IPAddress] { ipv4?.addresses ?? [] }
}
