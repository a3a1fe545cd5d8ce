// SPDX-License-Identifier: Apache-2.0

import Foundation
package import NetworkModel

/// A host of the VPC's outside world or of a subnet: a network namespace and nothing else.
///
/// It exists as long as this object, and ends with this process at the latest.
package final class VirtualHost {
  /// What messages call it.
  package let name: String
  /// Its addresses, at most one of each family.
  package let addresses: [IPAddress]
  /// Where programs of this host run.
  package let namespace: NetworkNamespace

  private let holder: RunningProgram

  /// A host without links, called `name`, that will have `addresses`.
  init(name: String, addresses: [IPAddress]) throws {
    self.name = name
    self.addresses = addresses
    holder = try Program(["unshare", "--net", "sleep", "infinity"]).start()
    let pid = holder.processIdentifier
    namespace = .pid(pid)
    // unshare(1) replaces itself by sleep(1) when the namespace is made, not before.
    try Condition.wait(until: "\(name) has a network namespace") {
      guard holder.isRunning else { throw VPCError.noNamespace(host: name) }
      return try String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8) == "sleep\n"
    }
    // Its addresses are known to be its own, so there is no wait for duplicates; its routes are given.
    try namespace.program([
      "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.accept_ra=0",
    ]).run()
    try namespace.ip(["link set lo up"])
  }

  /// Its address of `family`, if it has one.
  package func address(_ family: AddressFamily) -> IPAddress? {
    addresses.first { $0.family == family }
  }
}

extension VirtualHost: CustomStringConvertible {
  package var description: String { name }
}
