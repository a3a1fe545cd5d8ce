// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// The tree below a version directory (`latest/`) at one moment: `meta-data`, `dynamic`, and
/// `user-data` when a test sets it.
package struct MetadataTree: Sendable {
  /// What a path leads to.
  package enum Node: Hashable, Sendable {
    /// A value.
    case leaf(String)
    /// The names in a directory, sub-directories with a final slash.
    case directory([String])
  }

  /// Values by their path without leading and final slashes.
  private var leaves: [(path: String, text: String)] = []

  /// The tree of `instance` with `interfaces`, each with the time since it was attached.
  ///
  /// `macs/` lists them in the order given. The primary is the one on card 0 with device 0.
  package init(
    instance: SimulatedInstance,
    interfaces: [(eni: SimulatedENI, age: Duration)]
  ) {
    let primary = interfaces.first { $0.eni.attachment.ordinal == 0 }?.eni
    addTop(instance, primary)
    for (eni, age) in interfaces where eni.timeline.isListed.value(at: age) {
      let directory = "meta-data/network/interfaces/macs/\(eni.mac)/"
      for (key, text) in Self.keys(of: eni, in: instance, age: age) {
        leaves.append((directory + key, text))
      }
    }
    leaves.append(("dynamic/instance-identity/document", Self.document(instance, primary)))
  }

  /// Puts `text` at `path`, or with nil removes the path and all below it.
  package mutating func override(_ path: String, with text: String?) {
    let path = Self.normalized(path)
    guard let text else {
      leaves.removeAll { $0.path == path || $0.path.hasPrefix(path + "/") }
      return
    }
    if let index = leaves.firstIndex(where: { $0.path == path }) {
      leaves[index].text = text
    } else {
      leaves.append((path, text))
    }
  }

  /// What `path`, below the version directory, leads to; nil when nothing is there.
  package func node(at path: String) -> Node? {
    let path = Self.normalized(path)
    if let leaf = leaves.first(where: { $0.path == path }) { return .leaf(leaf.text) }
    let prefix = path.isEmpty ? "" : path + "/"
    var names: [String] = []
    for leaf in leaves where leaf.path.hasPrefix(prefix) {
      let rest = leaf.path.dropFirst(prefix.count)
      let name = rest.prefix { $0 != "/" }
      let entry = name.count < rest.count ? name + "/" : String(name)
      if !names.contains(entry) { names.append(entry) }
    }
    guard !names.isEmpty else { return nil }
    // MACs keep their order, because real listings promise none; all else is sorted.
    return .directory(path.hasSuffix("/macs") ? names : names.sorted())
  }

  private static func normalized(_ path: String) -> String {
    path.split(separator: "/").joined(separator: "/")
  }

  private mutating func addTop(_ instance: SimulatedInstance, _ primary: SimulatedENI?) {
    let address = primary?.ipv4?.addresses.first
    let values: [(String, String?)] = [
      ("ami-id", instance.imageID),
      ("ami-launch-index", "0"),
      ("hostname", address.map { Self.hostname($0, instance) }),
      ("instance-action", "none"),
      ("instance-id", instance.id.text),
      ("instance-life-cycle", "on-demand"),
      ("instance-type", instance.type),
      ("ipv6", primary?.ipv6?.addresses.first?.description),
      ("local-hostname", address.map { Self.hostname($0, instance) }),
      ("local-ipv4", address?.description),
      ("mac", primary?.mac.description),
      ("placement/availability-zone", instance.availabilityZone),
      ("placement/region", instance.region),
      ("public-hostname", primary?.publicAddresses.first.map { Self.publicHostname($0, instance) }),
      ("public-ipv4", primary?.publicAddresses.first?.address.description),
      ("reservation-id", "r-0a1b2c3d4e5f60718"),
      ("security-groups", primary?.securityGroups.joined(separator: "\n")),
      ("services/domain", "amazonaws.com"),
      ("services/partition", "aws"),
    ]
    for (key, value) in values {
      if let value { leaves.append(("meta-data/" + key, value)) }
    }
    for (name, value) in instance.tags { leaves.append(("meta-data/tags/instance/" + name, value)) }
  }

  private static func publicHostname(_ mapped: PublicAddress, _ instance: SimulatedInstance)
    -> String
  {
    let label = String(mapped.address.description.map { $0 == "." ? "-" : $0 })
    return "ec2-\(label).\(instance.region).compute.amazonaws.com"
  }

  private static func hostname(_ address: IPAddress, _ instance: SimulatedInstance) -> String {
    let label = String(address.description.map { $0 == "." || $0 == ":" ? "-" : $0 })
    return "ip-\(label).\(instance.region).compute.internal"
  }

  private static func document(_ instance: SimulatedInstance, _ primary: SimulatedENI?) -> String {
    """
    {
      "accountId" : "\(instance.accountID)",
      "architecture" : "x86_64",
      "availabilityZone" : "\(instance.availabilityZone)",
      "imageId" : "\(instance.imageID)",
      "instanceId" : "\(instance.id)",
      "instanceType" : "\(instance.type)",
      "pendingTime" : "2026-01-01T00:00:00Z",
      "privateIp" : "\(primary?.ipv4?.addresses.first?.description ?? "")",
      "region" : "\(instance.region)",
      "version" : "2017-09-30"
    }
    """
  }
}

extension MetadataTree {
  /// The keys of one ENI as captures of real instances list them, then what its timeline says.
  private static func keys(
    of eni: SimulatedENI,
    in instance: SimulatedInstance,
    age: Duration
  ) -> [(String, String)] {
    var values: [(key: String, value: String?)] = identity(of: eni, in: instance)
    values += ipv4Keys(of: eni, in: instance)
    values += ipv6Keys(of: eni, in: instance)
    // A key that the ENI does not have by its facts can still be invented by the timeline.
    for key in eni.timeline.values.keys.sorted() where !values.contains(where: { $0.key == key }) {
      values.append((key, nil))
    }
    return values.compactMap { key, value in
      switch eni.timeline.values[key]?.value(at: age) ?? .truth {
      case .truth: value.map { (key, $0) }
      case .absent: nil
      case .text(let text): (key, text)
      }
    }
  }

  private static func identity(
    of eni: SimulatedENI,
    in instance: SimulatedInstance
  ) -> [(key: String, value: String?)] {
    let hosts = (eni.ipv4?.addresses ?? []) + (eni.ipv6?.addresses ?? [])
    return [
      ("device-number", String(eni.attachment.deviceNumber)),
      ("interface-id", eni.id.text),
      ("local-hostname", hosts.first.map { hostname($0, instance) }),
      ("mac", eni.mac.description),
      ("network-card", eni.listsNetworkCard ? String(eni.attachment.networkCard) : nil),
      ("owner-id", eni.ownerID),
      ("security-group-ids", lines(eni.securityGroupIDs)),
      ("security-groups", lines(eni.securityGroups)),
      ("subnet-id", eni.subnetID),
      ("vpc-id", instance.vpcID),
    ]
  }

  private static func ipv4Keys(
    of eni: SimulatedENI,
    in instance: SimulatedInstance
  ) -> [(key: String, value: String?)] {
    var values: [(key: String, value: String?)] = [
      ("vpc-ipv4-cidr-block", instance.vpcIPv4Blocks.first),
      ("vpc-ipv4-cidr-blocks", lines(instance.vpcIPv4Blocks)),
    ]
    guard let part = eni.ipv4 else { return values }
    values += [
      ("subnet-ipv4-cidr-block", part.subnet.description),
      ("local-ipv4s", lines(part.addresses)),
      ("ipv4-prefix", lines(part.delegatedPrefixes)),
    ]
    if let first = eni.publicAddresses.first {
      values.append(("public-hostname", publicHostname(first, instance)))
      values.append(("public-ipv4s", lines(eni.publicAddresses.map(\.address))))
    }
    // A directory: IMDS has one entry for each public address.
    values += eni.publicAddresses.map {
      ("ipv4-associations/\($0.address)", $0.privateAddress.description)
    }
    return values
  }

  private static func ipv6Keys(
    of eni: SimulatedENI,
    in instance: SimulatedInstance
  ) -> [(key: String, value: String?)] {
    guard let part = eni.ipv6 else { return [] }
    return [
      ("subnet-ipv6-cidr-blocks", part.subnet.description),
      ("vpc-ipv6-cidr-blocks", lines(instance.vpcIPv6Blocks)),
      ("ipv6s", lines(part.addresses)),
      ("ipv6-prefix", lines(part.delegatedPrefixes)),
    ]
  }

  private static func lines(_ values: [some CustomStringConvertible]) -> String? {
    values.isEmpty ? nil : values.map(\.description).joined(separator: "\n")
  }
}
