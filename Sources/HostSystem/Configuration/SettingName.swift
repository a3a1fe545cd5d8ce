// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// The settings there are: eni-init.conf(5) has a paragraph on each.
package enum SettingName: String, CaseIterable, Hashable, Sendable {
  case enabled = "Enabled"
  case namePrefix = "NamePrefix"
  case mtu = "MTU"
  case stack = "Stack"
  case containerPorts = "ContainerPorts"
  case eni = "ENI"
  case mac = "MAC"
  case subnet = "Subnet"
  case securityGroup = "SecurityGroup"

  /// The section it stands in.
  package var section: String {
    switch self {
    case .enabled, .namePrefix, .mtu, .stack, .containerPorts: "General"
    case .eni, .mac, .subnet, .securityGroup: "Ignore"
    }
  }

  /// Whether several assignments add up.
  package var isList: Bool { section == "Ignore" }

  /// What a value has to be, for messages.
  package var expected: String {
    switch self {
    case .enabled, .containerPorts: "yes or no"
    case .namePrefix:
      "1 to 10 letters, digits, '-' or '_' that begin with a letter, and not with a name that "
        + "others use: en, eth, lo, veth, docker, br"
    case .mtu: "a number of bytes from 576 to 9216"
    case .stack:
      "auto or one of \(NetworkStack.names)"
    case .eni: "ids of ENIs (eni-…)"
    case .mac: "MACs"
    case .subnet: "ids of subnets (subnet-…)"
    case .securityGroup: "ids of security groups (sg-…)"
    }
  }

  init?(section: String, key: String) {
    guard let name = Self(rawValue: key), name.section == section else { return nil }
    self = name
  }

  /// What the policy has for it, as it would be written; empty for nothing.
  package func value(_ policy: Policy) -> String {
    switch self {
    case .enabled: policy.isEnabled ? "yes" : "no"
    case .namePrefix: policy.namePrefix
    case .mtu: policy.mtu.map(String.init) ?? ""
    case .stack: policy.stack?.rawValue ?? "auto"
    case .containerPorts: policy.hasContainerPorts ? "yes" : "no"
    case .eni: Self.list(policy.ignoredENIs)
    case .mac: Self.list(policy.ignoredMACs)
    case .subnet: Self.list(policy.ignoredSubnets)
    case .securityGroup: Self.list(policy.ignoredSecurityGroups)
    }
  }

  private static func list<Value>(_ values: Set<Value>) -> String {
    values.map { "\($0)" }.sorted().joined(separator: " ")
  }

  /// Gives the policy the default.
  func reset(_ policy: inout Policy) {
    let defaults = Policy()
    switch self {
    case .enabled: policy.isEnabled = defaults.isEnabled
    case .namePrefix: policy.namePrefix = defaults.namePrefix
    case .mtu: policy.mtu = defaults.mtu
    case .stack: policy.stack = defaults.stack
    case .containerPorts: policy.hasContainerPorts = defaults.hasContainerPorts
    case .eni: policy.ignoredENIs = []
    case .mac: policy.ignoredMACs = []
    case .subnet: policy.ignoredSubnets = []
    case .securityGroup: policy.ignoredSecurityGroups = []
    }
  }

  /// Gives the policy a value; false when it is none.
  func set(_ policy: inout Policy, _ value: String) -> Bool {
    switch self {
    case .enabled: return Self.assign(Self.boolean(value), &policy.isEnabled)
    case .namePrefix: return Self.assign(Self.prefix(value), &policy.namePrefix)
    case .mtu: return Self.assign(Self.mtu(value), &policy.mtu)
    case .stack: return Self.assign(Self.stack(value), &policy.stack)
    case .containerPorts: return Self.assign(Self.boolean(value), &policy.hasContainerPorts)
    case .eni: return Self.insert(value, &policy.ignoredENIs) { NetworkInterface.ID($0) }
    case .mac: return Self.insert(value, &policy.ignoredMACs) { MACAddress($0) }
    case .subnet: return Self.insert(value, &policy.ignoredSubnets) { SubnetID($0) }
    case .securityGroup:
      return Self.insert(value, &policy.ignoredSecurityGroups) { SecurityGroupID($0) }
    }
  }

  private static func assign<Value>(_ value: Value?, _ target: inout Value) -> Bool {
    guard let value else { return false }
    target = value
    return true
  }

  private static func insert<Value>(
    _ text: String,
    _ target: inout Set<Value>,
    _ parse: (Substring) -> Value?
  ) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace)
    let values = words.compactMap(parse)
    guard values.count == words.count else { return false }
    target.formUnion(values)
    return true
  }

  /// systemd.syntax(7), "boolean".
  private static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "yes", "y", "true", "t", "on": true
    case "0", "no", "n", "false", "f", "off": false
    default: nil
    }
  }

  private static func prefix(_ text: String) -> String? {
    let others = ["en", "eth", "lo", "veth", "docker", "br"]
    guard (1...10).contains(text.utf8.count), text.first?.isLetter ?? false,
      InterfaceName(text) != nil, !text.contains("."),
      !others.contains(where: text.lowercased().hasPrefix)
    else { return nil }
    return text
  }

  private static func stack(_ text: String) -> NetworkStack?? {
    text == "auto" ? .some(nil) : NetworkStack(rawValue: text).map { .some($0) }
  }

  /// From the least that IPv4 asks of a host (RFC 791) to the most that ENA carries.
  private static func mtu(_ text: String) -> UInt32?? {
    guard let bytes = UInt32(text), (576...9216).contains(bytes) else { return nil }
    return .some(bytes)
  }
}
