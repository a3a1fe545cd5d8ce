// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel

extension FakeKernel {
  /// Where the link stands in the list.
  func position(of index: Link.Index) throws(FakeRefusal) -> Int {
    guard let position = devices.firstIndex(where: { $0.index == index }) else {
      throw FakeRefusal(ENODEV)
    }
    return position
  }

  /// Gives a link another name, which no other may have as name or alternative name.
  func rename(_ index: Link.Index, to name: InterfaceName) throws(FakeRefusal) {
    let position = try position(of: index)
    guard devices[position].name != name else { return }
    guard !isTaken(name.text) else { throw FakeRefusal(EEXIST) }
    guard !devices[position].isUp || !refusesToRenameUpLinks else { throw FakeRefusal(EBUSY) }
    devices[position].name = name
  }

  /// Gives a link one more name.
  func add(alternativeName name: String, to index: Link.Index) throws(FakeRefusal) {
    let position = try position(of: index)
    guard (1..<128).contains(name.utf8.count) else { throw FakeRefusal(ERANGE) }
    guard !isTaken(name) else { throw FakeRefusal(EEXIST) }
    devices[position].alternativeNames.append(name)
  }

  /// Takes an alternative name away.
  func remove(alternativeName name: String, from index: Link.Index) throws(FakeRefusal) {
    let position = try position(of: index)
    guard isTaken(name) else { throw FakeRefusal(ENOENT) }
    guard devices[position].alternativeNames.contains(name) else { throw FakeRefusal(EINVAL) }
    devices[position].alternativeNames.removeAll { $0 == name }
  }

  /// Sets the MTU; IPv6 leaves a link whose MTU is below 1280 (RFC 8200 section 5).
  func set(mtu: UInt32, of index: Link.Index) throws(FakeRefusal) {
    let position = try position(of: index)
    // Ethernet's limits, ETH_MIN_MTU and ETH_MAX_MTU.
    guard mtu >= 68 else { throw FakeRefusal(EINVAL, "mtu less than device minimum") }
    guard mtu <= 65_535 else { throw FakeRefusal(EINVAL, "mtu greater than device maximum") }
    devices[position].mtu = mtu
    if mtu < 1280 {
      devices[position].dropIPv6()
      routes.removeAll { $0.link == index && $0.route.destination.family == .ipv6 }
    }
  }

  /// Sets a link up or down.
  ///
  /// Down takes all its routes and its IPv6 addresses away; up brings none back.
  func set(up: Bool, _ index: Link.Index) throws(FakeRefusal) {
    let position = try position(of: index)
    guard devices[position].isUp != up else { return }
    devices[position].isUp = up
    if !up {
      routes.removeAll { $0.link == index }
      devices[position].dropIPv6()
    }
  }

  /// Whether a link has this name or alternative name.
  func isTaken(_ name: String) -> Bool {
    devices.contains { $0.name.text == name || $0.alternativeNames.contains(name) }
  }
}
