// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// Whose history is asked for, as matches of journalctl(1).
package struct HistoryQuery: Hashable, Sendable {
  /// The fields of which one has to match; none for all ENIs.
  private var terms: [String]

  /// Everything.
  package static let everything = HistoryQuery(terms: [])

  private init(terms: [String]) { self.terms = terms }

  /// The ENI or ENIs that `text` names: an id, a MAC or a name; nil when it can be none of them.
  package init?(_ text: String) {
    if let eni = NetworkInterface.ID(text) {
      terms = [Self.term(.eni, eni.text)]
    } else if let mac = MACAddress(text) {
      terms = [Self.term(.mac, mac.description)]
    } else if let name = InterfaceName(text) {
      terms = [Self.term(.interface, name.text)]
    } else {
      return nil
    }
  }

  /// The same ENIs by whatever else is known of them from `entries`, which this query has found.
  ///
  /// An ENI has no name before it is told, and another name may have been its first; before IMDS has
  /// told its id, it has a MAC alone. So nic1 finds the lives of all ENIs that ever were nic1.
  package func followed(by entries: [HistoryEntry]) -> HistoryQuery {
    guard !terms.isEmpty else { return self }
    // One message may be about several ENIs, of which the others are not asked for.
    let more = entries.filter(\.isAboutOne).flatMap { entry in
      entry.enis.map { Self.term(.eni, $0) } + entry.macs.map { Self.term(.mac, $0) }
    }
    return HistoryQuery(terms: terms + Set(more).subtracting(terms).sorted())
  }

  /// The arguments of journalctl: each alternative with what all have in common.
  ///
  /// The user is told by the kernel: without that anybody could write an ENI's history.
  package var matches: [String] {
    let common = ["_UID=0", "\(JournalField.syslogIdentifier.rawValue)=eni-init"]
    guard !terms.isEmpty else { return common }
    return Array(terms.map { common + [$0] }.joined(separator: ["+"]))
  }

  private static func term(_ field: JournalField, _ value: String) -> String {
    "\(field.rawValue)=\(value)"
  }
}
