// SPDX-License-Identifier: Apache-2.0

/// A network namespace of the machine, said in one of the ways that ip(8) and nsenter(1) take.
package enum NetworkNamespace: Hashable, Sendable {
  /// The one that this process is in.
  case pid(Int32)
  /// The one of this name below /run/netns (ip-netns(8)).
  case name(String)

  /// What `ip link set … netns` is given.
  var reference: String {
    switch self {
    case .pid(let pid): String(pid)
    case .name(let name): name
    }
  }

  /// `words` as a program that runs in the namespace; only the network is another one.
  package func program(_ words: [String]) -> Program {
    switch self {
    case .pid(let pid): Program(["nsenter", "--net=/proc/\(pid)/ns/net"] + words)
    case .name(let name): Program(["nsenter", "--net=/run/netns/\(name)"] + words)
    }
  }

  /// Runs ip(8) in the namespace, one command a line.
  package func ip(_ lines: [String]) throws {
    try program(["ip", "-batch", "-"]).run(input: lines.map { $0 + "\n" }.joined())
  }
}
