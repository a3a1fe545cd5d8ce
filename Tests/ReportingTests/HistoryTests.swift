// SPDX-License-Identifier: Apache-2.0
import Foundation
import NetworkModel
import Reporting
import Testing

@Suite("The history of ENIs, as the journal has it")
struct HistoryTests {
  /// A line as journalctl 252 prints it, with more fields than these.
  private static func line(
    _ second: Int,
    _ event: String,
    _ message: String,
    eni: String? = nil,
    interface: String? = nil,
    mac: String? = nil
  ) -> String {
    let own = [("ENI_ID", eni), ("INTERFACE", interface), ("MAC", mac)].compactMap { name, value in
      value.map { #","\#(name)":\#($0)"# }
    }
    return #"{"__REALTIME_TIMESTAMP":"17952891\#(second)000675","PRIORITY":"5","_UID":"0","#
      + #""SYSLOG_IDENTIFIER":"eni-init","EVENT":"\#(event)","MESSAGE":\#(message)"#
      + own.joined() + "}"
  }

  private static let first = #""eni-0123456789abcdef0""#
  private static let second = #""eni-0123456789abcdef1""#

  static let recorded = [
    line(10, "primary-recorded", #""it is the primary""#, mac: #""02:00:00:00:00:05""#),
    line(11, "waiting", #""no id yet""#, interface: #""ens6""#, mac: #""02:00:00:00:00:06""#),
    line(
      12,
      "configured",
      #""eni-0123456789abcdef0 is nic1""#,
      eni: first,
      interface: #""nic1""#,
      mac: #""02:00:00:00:00:06""#
    ),
    line(
      20,
      "detached",
      #""removed 4 rules""#,
      eni: "[\(first),\(second)]",
      interface: #"["nic1","nic2"]"#,
      mac: #"["02:00:00:00:00:06","02:00:00:00:00:07"]"#
    ),
    line(30, "refused", #""nothing is done""#),
  ]

  private func entries(_ lines: [String]) -> [HistoryEntry] {
    lines.compactMap { HistoryEntry(json: Array($0.utf8)) }
  }

  private func report(_ lines: [String], offset: Int = 0) -> HistoryReport {
    HistoryReport(entries(lines)) { _ in offset }
  }

  @Test("is one line an event, in local time")
  func lines() {
    #expect(
      report(Array(Self.recorded[1...3]), offset: 3600 * 5 + 1800).lines == """
        2026-11-22T00:55:11+05:30  waiting     no id yet
        2026-11-22T00:55:12+05:30  configured  eni-0123456789abcdef0 is nic1
        2026-11-22T00:55:20+05:30  detached    removed 4 rules

        """
    )
    #expect(report([]).lines.isEmpty)
  }

  @Test("of all is grouped by ENI, and what its MAC alone tells belongs to it")
  func grouped() {
    #expect(
      report(Self.recorded).grouped(.plain) == """
        02:00:00:00:00:05
        2026-11-21T19:25:10Z  primary-recorded  it is the primary

        eni-0123456789abcdef0  ens6  nic1  02:00:00:00:00:06
        2026-11-21T19:25:11Z  waiting     no id yet
        2026-11-21T19:25:12Z  configured  eni-0123456789abcdef0 is nic1
        2026-11-21T19:25:20Z  detached    removed 4 rules

        eni-0123456789abcdef1
        2026-11-21T19:25:20Z  detached  removed 4 rules

        no ENI in particular
        2026-11-21T19:25:30Z  refused  nothing is done

        """
    )
  }

  @Test("as JSON has the same")
  func json() throws {
    #expect(
      try report([Self.recorded[2]]).json() == """
        {
          "entries" : [
            {
              "enis" : [
                "eni-0123456789abcdef0"
              ],
              "event" : "configured",
              "interfaces" : [
                "nic1"
              ],
              "macs" : [
                "02:00:00:00:00:06"
              ],
              "message" : "eni-0123456789abcdef0 is nic1",
              "time" : "2026-11-21T19:25:12Z"
            }
          ],
          "version" : 1
        }

        """
    )
  }

  @Test("a field may be null, bytes, or several values")
  func values() throws {
    let entries = entries([
      Self.line(10, "failed", "null", eni: #"[[101,110,105],null,"eni-2"]"#),
      Self.line(11, "failed", "[104,105,27,255]"),
    ])
    #expect(entries.map(\.message) == [nil, "hi\u{1B}\u{FFFD}"])
    #expect(entries.first?.enis == ["eni", "eni-2"])
    let report = HistoryReport(entries) { _ in 0 }
    #expect(report.lines.contains("failed  (too long; journalctl --all shows it)\n"))
    #expect(report.lines.contains("failed  hi\\u{1b}\u{FFFD}\n"))
  }

  @Test(
    "what is no event is left out",
    arguments: [
      "", "{", "null", "[]", "-- No entries --", #"{"EVENT":"configured"}"#,
      #"{"MESSAGE":"x","__REALTIME_TIMESTAMP":"1"}"#,
      #"{"EVENT":null,"__REALTIME_TIMESTAMP":"1"}"#, #"{"EVENT":"x","__REALTIME_TIMESTAMP":"x"}"#,
      #"{"EVENT":{"a":1},"__REALTIME_TIMESTAMP":"1"}"#, "\u{0}",
    ]
  )
  func noEvent(line: String) {
    #expect(HistoryEntry(json: Array(line.utf8)) == nil)
  }

  @Test("nothing that a terminal acts on is ever printed, as lines, grouped or as JSON")
  func hostile() throws {
    let commands = "\u{1B}[2J\u{9B}31m\u{7}\r\u{8}\u{7F}\u{85}\u{202E}\u{2028}\u{200B}\u{E0041}"
    let data = try JSONEncoder().encode(["a" + commands + "\n2026-01-01T00:00:00Z  forged  b"])
    let text = String(String(decoding: data, as: UTF8.self).dropFirst().dropLast())
    let encoded = text.replacingOccurrences(of: "\u{1B}", with: "\\u001b")
    let line = Self.line(10, "x", encoded, eni: encoded, interface: encoded, mac: encoded)
      .replacingOccurrences(of: #""EVENT":"x""#, with: #""EVENT":\#(encoded)"#)
    let report = report([line, Self.recorded[2]])
    for output in [report.lines, report.grouped(.plain), try report.json()] {
      #expect(output.contains("forged"))
      let bad = output.unicodeScalars.filter {
        $0 != "\n" && [.control, .format, .lineSeparator].contains($0.properties.generalCategory)
      }
      #expect(bad.isEmpty, "\(bad.map(\.value))")
      #expect(!output.split(separator: "\n").contains { $0.hasPrefix("2026-01-01") })
    }
    // What was escaped is JSON still, and says the same.
    let decoded = try JSONSerialization.jsonObject(with: Data(try report.json().utf8))
    let entries = (decoded as? [String: Any])?["entries"] as? [[String: Any]]
    #expect((entries?.first?["message"] as? String)?.hasPrefix("a" + commands) ?? false)
  }

  @Test(
    "an id, a MAC and a name are asked for, and anything else is refused",
    arguments: [
      ("eni-0123456789abcdef0", "ENI_ID=eni-0123456789abcdef0"),
      ("02:00:00:00:00:0A", "MAC=02:00:00:00:00:0a"), ("nic1", "INTERFACE=nic1"),
      ("--file", "INTERFACE=--file"), ("no name", nil), ("", nil), ("a/b", nil),
    ]
  )
  func query(text: String, term: String?) {
    let matches = HistoryQuery(text)?.matches
    #expect(matches == term.map { ["_UID=0", "SYSLOG_IDENTIFIER=eni-init", $0] })
  }

  @Test("by a name all ENIs are followed that ever had it, from before they had it")
  func followed() throws {
    let query = try #require(HistoryQuery("nic1"))
    let common = ["_UID=0", "SYSLOG_IDENTIFIER=eni-init"]
    #expect(
      query.followed(by: entries([Self.recorded[2], Self.recorded[3]])).matches
        == common + ["INTERFACE=nic1", "+"] + common + ["ENI_ID=eni-0123456789abcdef0", "+"]
        + common + ["MAC=02:00:00:00:00:06"]
    )
    #expect(query.followed(by: []) == query)
    #expect(HistoryQuery.everything.followed(by: entries(Self.recorded)) == .everything)
    #expect(HistoryQuery.everything.matches == common)
  }
}
