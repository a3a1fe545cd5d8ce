// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import NetworkModel

/// What happened to ENIs, oldest first: one value, printed as lines or as JSON.
package struct HistoryReport {
  private let entries: [HistoryEntry]
  private let offset: (Date) -> Int

  /// The report of `entries`, in the order of the journal; `offset` is what local time is ahead of UTC
  /// at a moment, in seconds.
  package init(_ entries: [HistoryEntry], offset: @escaping (Date) -> Int) {
    self.entries = entries
    self.offset = offset
  }

  /// One line an event; nothing when nothing happened.
  package var lines: String { Self.text(rows(entries)) }

  /// The same for each ENI by itself, under its id and its names, the one that came first first; in
  /// the end what happened to none.
  package func grouped(_ style: Style) -> String {
    var groups: [(key: String, entries: [HistoryEntry])] = []
    let ids = self.ids
    for entry in entries {
      let keys = entry.enis.isEmpty ? entry.macs.map { ids[$0] ?? $0 } : entry.enis
      for key in keys.isEmpty ? [""] : keys {
        if let place = groups.firstIndex(where: { $0.key == key }) {
          groups[place].entries.append(entry)
        } else {
          groups.append((key, [entry]))
        }
      }
    }
    let ordered = groups.filter { !$0.key.isEmpty } + groups.filter(\.key.isEmpty)
    return ordered.map { group in
      style(heading(group.key, group.entries), .heading) + "\n" + Self.text(rows(group.entries))
    }.joined(separator: "\n")
  }

  /// The form: a version, which grows when a key changes its meaning or goes, and the entries.
  private struct Document: Encodable {
    struct Entry: Encodable {
      let time: String
      let event: String
      let enis: [String]
      let interfaces: [String]
      let macs: [String]
      let message: String?
    }

    let version = 1
    let entries: [Entry]

    private enum CodingKeys: String, CodingKey {
      case version
      case entries
    }
  }

  /// JSON with a final newline, keys in a fixed order.
  package func json() throws -> String {
    let document = Document(
      entries: entries.map {
        Document.Entry(
          time: time($0),
          event: $0.event,
          enis: $0.enis,
          interfaces: $0.interfaces,
          macs: $0.macs,
          message: $0.message
        )
      }
    )
    return try document.reportText().unicodeScalars.map(Self.escaped).joined()
  }

  /// A terminal may take more for a command than JSON has to escape; all of that lies within strings.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    guard scalar != "\n", !PrintableText.isHarmless(scalar) else { return "\(scalar)" }
    return scalar.utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }

  /// The id of each ENI whose MAC is known with one.
  private var ids: [String: String] {
    var ids: [String: String] = [:]
    for entry in entries where entry.isAboutOne {
      if let mac = entry.macs.first, let eni = entry.enis.first { ids[mac] = eni }
    }
    return ids
  }

  private func heading(_ key: String, _ entries: [HistoryEntry]) -> String {
    guard !key.isEmpty else { return "no ENI in particular" }
    let own = entries.filter(\.isAboutOne)
    var names: [String] = []
    for name in own.flatMap(\.interfaces) + own.flatMap(\.macs) where !names.contains(name) {
      if name != key { names.append(name) }
    }
    return ([key] + names).map { PrintableText($0).description }.joined(separator: "  ")
  }

  private func rows(_ entries: [HistoryEntry]) -> [[String]] {
    entries.map { entry in
      [
        time(entry), PrintableText(entry.event).description,
        entry.message.map { PrintableText($0).description }
          ?? "(too long; journalctl --all shows it)",
      ]
    }
  }

  private func time(_ entry: HistoryEntry) -> String {
    let zone = TimeZone(secondsFromGMT: offset(entry.time)) ?? .gmt
    return entry.time.formatted(Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone))
  }

  private static func text(_ rows: [[String]]) -> String {
    guard !rows.isEmpty else { return "" }
    // Without the heading, which would say what can be seen.
    return TextTable(heading: ["", "", ""], rows: rows).lines.dropFirst().map { $0 + "\n" }.joined()
  }
}
