// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// The instance's network from left to right: its ENIs, their subnets, and what is beyond.
///
/// Everything on it is printable text already; ``text(width:_:)`` and ``svg`` only arrange it.
package struct InstanceMap {
  /// The instance's id, or that there is none.
  let title: String
  /// What concerns the whole host, one line each.
  let facts: [String]
  /// What is wrong with the whole host.
  let notes: [Remark]
  /// The subnets, that of the primary first.
  let subnets: [MappedSubnet]

  /// The map of `view`.
  package init(_ view: HostView) {
    title = view.instance?.text ?? "an instance without an id"
    subnets = MappedSubnet.all(of: view)
    var notes: [Remark] = []
    if let refusal = view.refusal { notes.append(Remark("Nothing is done: \(refusal)", .doubtful)) }
    var outcome = "IMDS answers"
    if case .failed(let message) = view.metadata {
      notes.append(Remark(message, .bad))
      outcome = "IMDS failed"
    }
    self.notes = notes
    facts = ["network stack \(view.stack.rawValue), \(outcome)", Self.census(view.enis)]
  }

  /// All ENIs in their order on the map.
  var enis: [MappedENI] { subnets.flatMap(\.enis) }

  private static func census(_ enis: [ENIView]) -> String {
    var counts: [(word: String, count: Int)] = []
    for word in enis.map(\.state.word) {
      if let known = counts.firstIndex(where: { $0.word == word }) {
        counts[known].count += 1
      } else {
        counts.append((word, 1))
      }
    }
    let total = enis.count == 1 ? "1 ENI" : "\(enis.count) ENIs"
    let parts = counts.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    return parts.isEmpty ? total : "\(total): \(parts)"
  }
}
