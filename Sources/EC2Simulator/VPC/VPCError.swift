// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// Why the VPC cannot do what it was asked to.
package enum VPCError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The network namespace has links of somebody else.
  case namespaceIsShared(links: [String])
  /// The process may not configure the network.
  case notPermitted(path: String, reason: String)
  /// A host's namespace did not come to be.
  case noNamespace(host: String)
  /// There is no port for this ENI.
  case notAttached(NetworkInterface.ID)
  /// The ENI has a port already.
  case attachedTwice(NetworkInterface.ID)
  /// nft(8) answered something else than counters.
  case unreadableCounters(String)
  /// Nobody has created a neighbour in this subnet.
  case noNeighbor(IPPrefix)
  /// ping(8) ended without its summary.
  case unreadableProbe(output: String)

  package var description: String {
    switch self {
    case .namespaceIsShared(let links):
      """
      cannot make a VPC here: the network namespace has links besides lo \
      (\(links.joined(separator: ", "))), so it may be the machine's own; run the tests with \
      `unshare --net --mount --pid --fork --mount-proc swift test --filter VPC`, and tear one VPC \
      down before the next is made
      """
    case .notPermitted(let path, let reason):
      "cannot write \(path): \(reason); run as root in a network namespace of its own"
    case .noNamespace(let host):
      "cannot make a network namespace for \(host): unshare(1) did not start; run as root"
    case .notAttached(let id):
      "no port of \(id) in the VPC: attach it first"
    case .attachedTwice(let id):
      "\(id) is attached already: detach it first, or update(_:) it"
    case .unreadableCounters(let text):
      "cannot read the source check's counters: nft answered \(text); check that it can print JSON"
    case .noNeighbor(let subnet):
      "no neighbour in \(subnet): attach an ENI of that subnet first"
    case .unreadableProbe(let output):
      "cannot count replies: ping ended without a summary, saying: \(output); check its arguments"
    }
  }
}
