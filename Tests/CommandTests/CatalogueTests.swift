// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import TestSupport
import Testing

@Suite("The message catalogue")
struct CatalogueTests {
  private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("packaging/journal/eni-init.catalog").path

  @Test("has each id of the program once, and no other")
  func ids() throws {
    let text = try String(contentsOfFile: Self.source, encoding: .utf8)
    let ids = text.split(separator: "\n").filter { $0.hasPrefix("-- ") }.map { $0.dropFirst(3) }
    #expect(ids.map(String.init).sorted() == Event.allCases.map(\.messageID).sorted())
    #expect(Event.allCases.allSatisfy { $0.messageID.wholeMatch(of: /[0-9a-f]{32}/) != nil })
    #expect(Set(Event.allCases.map(\.messageID)).count == Event.allCases.count)
  }

  @Test("and the manual have every event")
  func manual() throws {
    let manual = Self.source.replacingOccurrences(
      of: "journal/eni-init.catalog",
      with: "man/eni-init.8"
    )
    let text = try String(contentsOfFile: manual, encoding: .utf8)
    for event in Event.allCases {
      #expect(text.contains("\n.It Li \(event.rawValue)\n"), "\(event)")
    }
  }

  @Test("fills in nothing but fields that messages have")
  func placeholders() throws {
    let text = try String(contentsOfFile: Self.source, encoding: .utf8)
    let names = Set(text.matches(of: /@([A-Z_]+)@/).map { String($0.output.1) })
    #expect(!names.isEmpty)
    #expect(names.allSatisfy { JournalField(rawValue: $0) != nil }, "\(names)")
  }

  @Test("is one that journalctl takes, and knows every event by")
  func compiled() throws {
    let root = try TemporaryRoot()
    try root.write(
      try String(contentsOfFile: Self.source, encoding: .utf8),
      to: "/usr/lib/systemd/catalog/eni-init.catalog"
    )
    try FileManager.default.createDirectory(
      atPath: root.path + "/var/lib/systemd/catalog",
      withIntermediateDirectories: true
    )
    let update = try Program(["journalctl", "--root=\(root.path)", "--update-catalog"]).result()
    #expect(update.status == 0 && update.errors.isEmpty, "\(update)")
    let list = try Program(["journalctl", "--root=\(root.path)", "--list-catalog"]).run()
    for event in Event.allCases {
      #expect(list.contains("\(event.messageID) eni-init: "), "\(event)")
    }
    let dump = try Program(["journalctl", "--root=\(root.path)", "--dump-catalog"]).run()
    let entries = dump.split(separator: "\n-- ")
    #expect(entries.count == Event.allCases.count)
    for entry in entries {
      #expect(entry.contains("Documentation: man:eni-init(8)\n"), "\(entry)")
      #expect(entry.split(separator: "\n").count > 5, "what it means, and what to do: \(entry)")
    }
  }
}
