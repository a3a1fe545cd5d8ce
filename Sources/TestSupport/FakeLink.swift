// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel

/// A link of the fake kernel and the addresses on it.
struct FakeLink {
  let index: Link.Index
  let mac: MACAddress?
  let permanentMAC: MACAddress?
  let kind: String?
  var name: InterfaceName
  var alternativeNames: [String] = []
  var mtu: UInt32
  var group = LinkGroup(rawValue: 0)
  var isUp = false
  var master: Link.Index?
  /// Whether IPv6 is disabled; see ``FakeKernel/setIPv6(disabled:on:)``.
  var isIPv6Disabled = false
  private(set) var addresses: [IPPrefix] = []
  /// Those of them that have an end.
  private(set) var leases: Set<IPPrefix> = []
  /// Those of them that are no source of new connections.
  private(set) var deprecated: Set<IPPrefix> = []

  init(
    index: Link.Index,
    name: InterfaceName,
    mac: MACAddress?,
    permanentMAC: MACAddress?,
    kind: String?,
    mtu: UInt32
  ) {
    self.index = index
    self.name = name
    self.mac = mac
    self.permanentMAC = permanentMAC
    self.kind = kind
    self.mtu = mtu
  }

  /// The link as a dump shows it.
  var link: Link {
    Link(
      index: index,
      name: name,
      alternativeNames: alternativeNames,
      address: mac,
      permanentAddress: permanentMAC,
      kind: kind,
      master: master,
      mtu: mtu,
      group: group,
      isUp: isUp,
      isIPv6Disabled: isIPv6Disabled
    )
  }

  /// Adds an address as the kernel orders them: IPv4 last, IPv6 first.
  mutating func add(_ prefix: IPPrefix) throws(FakeRefusal) {
    if prefix.family == .ipv6, isIPv6Disabled {
      throw FakeRefusal(EACCES, "IPv6 is disabled on this device")
    }
    // The same IPv4 address with another length is another address; for IPv6 it is the same.
    guard
      !addresses.contains(where: {
        prefix.family == .ipv4 ? $0 == prefix : $0.address == prefix.address
      })
    else { throw FakeRefusal(EEXIST, "\(prefix.family): address already assigned") }
    if prefix.family == .ipv4 {
      addresses.append(prefix)
    } else {
      addresses.insert(prefix, at: 0)
    }
  }

  /// Gives an address an end.
  mutating func lease(_ prefix: IPPrefix) throws(FakeRefusal) {
    try add(prefix)
    leases.insert(prefix)
  }

  /// Takes the end from an address; one that is not there is added.
  mutating func keep(_ prefix: IPPrefix) throws(FakeRefusal) {
    if !addresses.contains(prefix) { try add(prefix) }
    leases.remove(prefix)
    deprecated.remove(prefix)
  }

  /// Deprecates an address; one that is not there is added.
  mutating func deprecate(_ prefix: IPPrefix) throws(FakeRefusal) {
    try keep(prefix)
    deprecated.insert(prefix)
  }

  /// Removes an address.
  mutating func remove(_ prefix: IPPrefix) throws(FakeRefusal) {
    guard let place = addresses.firstIndex(of: prefix) else {
      throw FakeRefusal(EADDRNOTAVAIL, "\(prefix.family): address not found")
    }
    addresses.remove(at: place)
    leases.remove(prefix)
    deprecated.remove(prefix)
  }

  /// Drops the IPv6 addresses, which a link that goes down or gets an MTU below 1280 loses.
  mutating func dropIPv6() {
    addresses.removeAll { $0.family == .ipv6 }
    leases = leases.filter { $0.family == .ipv4 }
    deprecated = deprecated.filter { $0.family == .ipv4 }
  }
}
