// SPDX-License-Identifier: Apache-2.0

/// What the kernel does with a packet that this host sends.
package struct RouteLookup: Hashable, Sendable {
  /// What is asked.
  package struct Question: Hashable, Sendable {
    /// The packet's source, an address of this host; nil lets the kernel choose one.
    package let source: IPAddress?
    /// Its destination.
    package let destination: IPAddress

    /// A packet from `source` to `destination`.
    package init(from source: IPAddress?, to destination: IPAddress) {
      self.source = source
      self.destination = destination
    }
  }

  /// What becomes of the packet.
  package enum Outcome: Hashable, Sendable {
    /// It leaves by a link, to this gateway or, with nil, to the destination itself.
    case leaves(Link.Index, gateway: IPAddress?)
    /// The destination is this host.
    case isLocal
    /// A route says that it is not sent: unreachable, prohibit, blackhole; or no route does.
    case isRefused
  }

  /// What was asked.
  package let question: Question
  /// What becomes of the packet.
  package let outcome: Outcome
  /// The table that decided; nil when none did.
  package let table: RouteTable?

  /// The answer to `question`.
  package init(_ question: Question, _ outcome: Outcome, table: RouteTable?) {
    self.question = question
    self.outcome = outcome
    self.table = table
  }

  /// The link that the packet leaves by; nil when it does not leave.
  package var link: Link.Index? {
    guard case .leaves(let link, _) = outcome else { return nil }
    return link
  }
}

extension RouteLookup.Question: CustomStringConvertible {
  /// As the iproute2 command that asks the same.
  package var description: String {
    "ip route get \(destination)" + (source.map { " from \($0)" } ?? "")
  }
}
