// SPDX-License-Identifier: Apache-2.0

/// What is remembered of an ENI from one boot to the next, one small file each.
///
/// The file is read by two programs: by us, and by udev's `IMPORT{file}`, which turns its lines
/// into device properties and so names the link in the first pass of a boot, without a process.
/// Its directory is named by the instance id: on another instance the path does not exist.
package struct InterfaceRecord: Hashable, Sendable {
  /// Whether an ENI is the one EC2 launched the instance with.
  package enum Role: String, Hashable, Sendable {
    /// The primary network interface: named and configured by the image, never by us.
    case primary
    /// Any other: held until its facts are known, then static.
    case secondary
    /// Not known yet, because the instance's primary is not known: left to the image.
    case unknown
  }

  /// What the ENI is for the instance.
  package let role: Role
  /// Its Ethernet address, which is also the file's name.
  package let mac: MACAddress
  /// Its id; nil for a primary that was recognised without IMDS.
  package let id: NetworkInterface.ID?
  /// The name that udev gives it; nil for the primary, which keeps its own.
  package let name: InterfaceName?

  /// A record of these facts.
  package init(role: Role, mac: MACAddress, id: NetworkInterface.ID?, name: InterfaceName?) {
    self.role = role
    self.mac = mac
    self.id = id
    self.name = name
  }

  /// The record of an ENI with a plan.
  package init(_ plan: InterfacePlan) {
    self.init(role: .secondary, mac: plan.mac, id: plan.interface.id, name: plan.name)
  }

  /// The record of a primary, which keeps its name.
  package init(primary mac: MACAddress) {
    self.init(role: .primary, mac: mac, id: nil, name: nil)
  }

  /// The property that says an ENI's role; the hold file matches on it.
  package static let roleProperty = "ENI_INIT_ROLE"
  /// The property that carries the name for `NAME:=`.
  package static let nameProperty = "ENI_INIT_NAME"
  /// The property that carries the ENI's id.
  package static let idProperty = "ENI_INIT_ID"

  /// The file's content: one `KEY=value` a line, as `IMPORT{file}` takes it (udev(7)).
  package var content: String {
    var lines = ["\(Self.roleProperty)=\(role.rawValue)"]
    if let name { lines.append("\(Self.nameProperty)=\(name)") }
    if let id { lines.append("\(Self.idProperty)=\(id)") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Reads a record back; nil when a line is not one of ours or a value is not valid.
  package init?(mac: MACAddress, content: String) {
    var values: [Substring: Substring] = [:]
    for line in content.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { return nil }
      values[line[..<equals]] = line[line.index(after: equals)...]
    }
    let name = values[Self.nameProperty[...]]
    let id = values[Self.idProperty[...]]
    guard let role = values[Self.roleProperty[...]].flatMap({ Role(rawValue: String($0)) }),
      role != .unknown
    else { return nil }
    self.init(
      role: role,
      mac: mac,
      id: id.flatMap { NetworkInterface.ID($0) },
      name: name.flatMap { InterfaceName($0) }
    )
    guard (name == nil) == (self.name == nil), (id == nil) == (self.id == nil) else { return nil }
  }
}
