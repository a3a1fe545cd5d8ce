// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// An IPv6 address that the router answers neighbour solicitations for, on one port.
///
/// The kernel proxies single addresses only, so delegated IPv6 prefixes are reached by the router
/// but not on-link from the same subnet.
struct NeighborProxy: Hashable, Sendable {
  let address: IPAddress
  let port: String

  /// What the ports have to answer: on each, the addresses of the others in its subnet.
  static func all(of ports: [Port]) -> Set<NeighborProxy> {
    var result: Set<NeighborProxy> = []
    for port in ports {
      guard let subnet = port.eni.ipv6?.subnet else { continue }
      for other in ports where other.device != port.device && other.eni.ipv6?.subnet == subnet {
        for address in other.eni.ipv6?.addresses ?? [] {
          result.insert(NeighborProxy(address: address, port: port.device))
        }
      }
    }
    return result
  }
}
