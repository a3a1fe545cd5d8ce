// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import NetworkModel

/// One thing that happened, from the journal.
package struct HistoryEntry: Hashable, Sendable {
  /// When it was.
  package let time: Date
  /// What it was: a word of ``Event``, or of another version's.
  package let event: String
  /// The ids of the ENIs that it happened to.
  package let enis: [String]
  /// Their names.
  package let interfaces: [String]
  /// Their MACs.
  package let macs: [String]
  /// What the program said; nil when the journal leaves it out because of its length.
  package let message: String?

  /// Whether it is about one ENI, or none, so that its id, its name and its MAC belong together.
  var isAboutOne: Bool { enis.count <= 1 && macs.count <= 1 }

  /// Reads a line of `journalctl --output=json`; nil for what is no event.
  package init?(json line: [UInt8]) {
    guard
      let fields = try? JSONDecoder().decode([String: JournalValue].self, from: Data(line)),
      let event = fields[JournalField.event.rawValue]?.texts.first,
      let stamp = fields["__REALTIME_TIMESTAMP"]?.texts.first, let microseconds = Int64(stamp)
    else { return nil }
    time = Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    self.event = event
    enis = fields[JournalField.eni.rawValue]?.texts ?? []
    interfaces = fields[JournalField.interface.rawValue]?.texts ?? []
    macs = fields[JournalField.mac.rawValue]?.texts ?? []
    message = fields[JournalField.message.rawValue]?.texts.first
  }
}
