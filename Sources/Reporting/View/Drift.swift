// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// One way in which an ENI is not as it shall be.
package enum Drift: Hashable, Sendable {
  /// A file that is not what would be written now; its path.
  case file(String)
  /// What the kernel lacks, as the change that adds it.
  case missing(Change)
  /// What the kernel has of ours that is planned no more, or from a DHCP client, as the change that ends it.
  case leftover(Change)
  /// What the kernel lacks by itself, without a plan to compare with, in words.
  case gap(String)

  /// What an ENI that is configured lacks by itself: a rule for each address, and in its table a
  /// default route for each family it has.
  static func gaps(
    of addresses: [IPPrefix],
    _ link: Link?,
    _ slot: Attachment?,
    in kernel: KernelState
  ) -> [Drift] {
    guard let link else { return [] }
    guard let slot else { return [.gap("no route table is known for it")] }
    let rules = addresses.filter { prefix in
      !kernel.rules.contains {
        $0.table == slot.table && ($0.source?.contains(prefix.address) ?? false)
      }
    }
    let families = Set(addresses.map(\.family)).filter { family in
      !kernel.routes.contains {
        $0.link == link.index && $0.route.table == slot.table
          && $0.route.destination == .all(family)
      }
    }
    return rules.map { .gap("no rule for \($0.address)") }
      + AddressFamily.allCases.filter(families.contains)
      .map { .gap("no default route for \($0) in table \(slot.table)") }
  }
}

extension Drift: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let path): "\(path) is not as planned"
    case .missing(let change): "not done: \(change)"
    case .leftover(let change): "left over: \(change)"
    case .gap(let words): words
    }
  }
}
