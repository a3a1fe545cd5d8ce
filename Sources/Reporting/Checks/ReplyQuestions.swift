// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What the kernel is asked to know by which ENI replies leave: from each address of each ENI, to the
/// internet and to a host in the primary's subnet; from the primary's, to each ENI's subnet too.
package struct ReplyQuestions {
  /// An address of the internet that nobody has: TEST-NET-1 (RFC 5737), the documentation prefix (RFC 3849).
  static func internet(_ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(family: family, bits: 0xc000_0201)
    case .ipv6: IPAddress(family: family, bits: 0x2001_0db8 << 96 | 1)
    }
  }

  private let view: HostView

  /// The questions about the ENIs of `view`.
  package init(_ view: HostView) { self.view = view }

  /// All of them, in the order of the ENIs.
  package var all: [RouteLookup.Question] {
    view.enis.filter { $0.ignoredBy == nil && $0.role != .unknown }.flatMap { eni in
      eni.addresses.flatMap { questions(from: $0.address, of: eni) }
    }
  }

  /// Those about one address of an ENI.
  package func questions(from source: IPAddress, of eni: ENIView) -> [RouteLookup.Question] {
    let neighbours =
      eni.role == .primary
      ? view.enis.filter { $0.role == .secondary && !$0.addresses.isEmpty }.flatMap(\.subnets)
      : view.primary.map(\.subnets) ?? []
    let hosts = neighbours.filter { $0.family == source.family }.compactMap(host)
    return ([Self.internet(source.family)] + hosts)
      .map { RouteLookup.Question(from: source, to: $0) }
  }

  /// A host in a subnet that is not this one: the first behind those that a VPC reserves.
  private func host(in subnet: IPPrefix) -> IPAddress? {
    (4...UInt32(260)).lazy.compactMap { subnet.address(at: $0) }.first { candidate in
      !view.kernel.addresses.contains { $0.prefix.address == candidate }
    }
  }
}
