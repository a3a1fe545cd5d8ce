// SPDX-License-Identifier: Apache-2.0

import CNetlink
import NetworkModel

/// RTM_NEWLINK as an answer, RTM_GETLINK, RTM_SETLINK, RTM_NEWLINKPROP and
/// RTM_DELLINKPROP as requests.
enum LinkMessage {
  /// The link that `message` describes; nil for another kind of message and for a link whose name
  /// is not an ``InterfaceName``, such as `a@b`, which no ENI has.
  static func decode(_ message: NetlinkMessage) throws(MalformedMessage) -> Link? {
    guard message.type == .newLink else { return nil }
    let (header, octets) = try message.payload.splitHeader(ifinfomsg.self)
    guard let index = Link.Index(UInt32(bitPattern: header.ifi_index)) else {
      throw .badValue("a link has the index \(header.ifi_index)")
    }
    var found = Properties()
    var attributes = AttributeReader(octets)
    while let attribute = try attributes.next() { try found.take(attribute) }
    guard let name = InterfaceName(found.name) else { return nil }
    return Link(
      index: index,
      name: name,
      alternativeNames: found.alternativeNames,
      address: found.address,
      permanentAddress: found.permanentAddress,
      kind: found.kind,
      master: found.master,
      mtu: found.mtu,
      group: found.group,
      isUp: header.ifi_flags & Wire.linkUp != 0,
      isIPv6Disabled: found.isIPv6Disabled
    )
  }

  /// Asks for all links.
  ///
  /// Equivalent to: ip link show
  static func list(sequence: UInt32) -> [UInt8] {
    MessageWriter.message(
      .getLink,
      [.request, .dump],
      sequence: sequence,
      header: ifinfomsg()
    ) {
      $0.attribute(LinkAttribute.extendedMask, Wire.skipStatistics)
    }
  }

  /// Changes the attributes that `body` writes.
  ///
  /// Equivalent to: ip link set dev LINK …
  static func set(
    _ index: Link.Index,
    sequence: UInt32,
    body: (inout MessageWriter) -> Void
  ) -> [UInt8] {
    MessageWriter.message(
      .setLink,
      [.request, .acknowledge],
      sequence: sequence,
      header: header(index),
      body: body
    )
  }

  /// Sets a link up or down and leaves every other flag: ifi_change names IFF_UP alone.
  ///
  /// Equivalent to: ip link set dev LINK { up | down }
  static func set(_ index: Link.Index, up: Bool, sequence: UInt32) -> [UInt8] {
    var header = header(index)
    header.ifi_flags = up ? Wire.linkUp : 0
    header.ifi_change = Wire.linkUp
    return MessageWriter.message(
      .setLink,
      [.request, .acknowledge],
      sequence: sequence,
      header: header
    )
  }

  /// Adds an alternative name.
  ///
  /// Equivalent to: ip link property add dev LINK altname NAME
  static func add(alternativeName: String, to index: Link.Index, sequence: UInt32) -> [UInt8] {
    MessageWriter.message(
      .newLinkProperty,
      [.request, .acknowledge, .create, .exclusive, .append],
      sequence: sequence,
      header: header(index)
    ) { property(&$0, alternativeName) }
  }

  /// Removes an alternative name.
  ///
  /// Equivalent to: ip link property del dev LINK altname NAME
  static func remove(
    alternativeName: String,
    from index: Link.Index,
    sequence: UInt32
  ) -> [UInt8] {
    MessageWriter.message(
      .deleteLinkProperty,
      [.request, .acknowledge],
      sequence: sequence,
      header: header(index)
    ) { property(&$0, alternativeName) }
  }

  private static func property(_ writer: inout MessageWriter, _ alternativeName: String) {
    writer.attribute(LinkAttribute.propertyList) {
      $0.attribute(LinkAttribute.alternativeName, text: alternativeName)
    }
  }

  private static func header(_ index: Link.Index) -> ifinfomsg {
    var header = ifinfomsg()
    header.ifi_index = Int32(bitPattern: index.rawValue)
    return header
  }

  private struct Properties {
    var name = ""
    var alternativeNames: [String] = []
    var address: MACAddress?
    var permanentAddress: MACAddress?
    var kind: String?
    var master: Link.Index?
    var mtu: UInt32 = 0
    var group = LinkGroup(rawValue: 0)
    var isIPv6Disabled = false

    mutating func take(_ attribute: Attribute) throws(MalformedMessage) {
      switch attribute.type {
      case LinkAttribute.name: name = try attribute.text()
      // A tunnel's address has 4 or 16 octets and `lo`'s is zero: not Ethernet, hence nil.
      case LinkAttribute.address: address = MACAddress(octets: attribute.value)
      case LinkAttribute.permanentAddress: permanentAddress = MACAddress(octets: attribute.value)
      case LinkAttribute.master: master = Link.Index(try attribute.integer())
      case LinkAttribute.mtu: mtu = try attribute.integer()
      case LinkAttribute.group: group = LinkGroup(rawValue: try attribute.integer())
      // A member of a bridge or bond has this attribute too, with the kind of its master alone.
      case LinkAttribute.information:
        var information = AttributeReader(attribute.value)
        while let property = try information.next() {
          if property.type == LinkAttribute.kind { kind = try property.text() }
        }
      case LinkAttribute.propertyList:
        var properties = AttributeReader(attribute.value)
        while let property = try properties.next() {
          guard property.type == LinkAttribute.alternativeName else { continue }
          alternativeNames.append(try property.text())
        }
      case LinkAttribute.families: try takeIPv6(attribute.value)
      default: break
      }
    }

    /// Takes the settings of IPv6 out of those of all families; they are numbers, one after another.
    private mutating func takeIPv6(_ octets: ArraySlice<UInt8>) throws(MalformedMessage) {
      var families = AttributeReader(octets)
      while let family = try families.next() {
        guard family.type == LinkAttribute.ipv6 else { continue }
        var properties = AttributeReader(family.value)
        while let property = try properties.next() {
          guard property.type == LinkAttribute.ipv6Settings else { continue }
          let start = LinkAttribute.disabledIPv6 * MemoryLayout<Int32>.size
          // A kernel without the setting sends fewer numbers.
          isIPv6Disabled = (property.value.dropFirst(start).load(as: Int32.self) ?? 0) != 0
        }
      }
    }
  }
}
