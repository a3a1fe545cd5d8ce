// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel

/// A link of the fake kernel and the addresses on it.
struct FakeLink {
  /// An address and the metric of the subnet route that comes with it.
  struct Address {
    let prefix: IPPrefix
    let metric: UInt32
  }

  let index: Link.Index
  let mac: MACAddress?
  let permanentMAC: MACAddress?
  var name: InterfaceName
  var alternativeNames: [String] = []
  var mtu: UInt32
  var group = LinkGroup(rawValue: 0)
  var isUp = false
  private(set) var addresses: [Address] = []

  init(
    index: Link.Index,
    name: InterfaceName,
    mac: MACAddress?,
    permanentMAC: MACAddress?,
    mtu: UInt32
  ) {
    self.index = index
    self.name = name
    self.mac = mac
    self.permanentMAC = permanentMAC
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
      mtu: mtu,
      group: group,
      isUp: isUp
    )
  }

  /// The subnet routes that the addresses bring into main; none stands alone, /32 or /128.
  var subnetRoutes: [Route] {
    var routes: [Route] = []
    for address in addresses where !address.prefix.isHost {
      // The kernel's own metric for IPv6 is 256 (IP6_RT_PRIO_ADDRCONF).
      let metric = address.prefix.family == .ipv6 && address.metric == 0 ? 256 : address.metric
      let route = Route(
        destination: address.prefix.network,
        table: .main,
        metric: metric,
        protocol: .kernel
      )
      if !routes.contains(where: { $0.destination == route.destination }) { routes.append(route) }
    }
    return routes
  }

  /// Adds an address as the kernel orders them: IPv4 last, IPv6 first.
  mutating func add(_ address: Address) throws(FakeRefusal) {
    let prefix = address.prefix
    // The same IPv4 address with another length is another address; for IPv6 it is the same.
    guard
      !addresses.contains(where: {
        prefix.family == .ipv4 ? $0.prefix == prefix : $0.prefix.address == prefix.address
      })
    else { throw FakeRefusal(EEXIST, "\(prefix.family): address already assigned") }
    if prefix.family == .ipv4 {
      addresses.append(address)
    } else {
      addresses.insert(address, at: 0)
    }
  }

  /// Removes an address.
  mutating func remove(_ prefix: IPPrefix) throws(FakeRefusal) {
    guard let place = addresses.firstIndex(where: { $0.prefix == prefix }) else {
      throw FakeRefusal(EADDRNOTAVAIL, "\(prefix.family): address not found")
    }
    addresses.remove(at: place)
  }

  /// Drops the IPv6 addresses, which a link that goes down or gets an MTU below 1280 loses.
  mutating func dropIPv6() {
    addresses.removeAll { $0.prefix.family == .ipv6 }
  }
}
