// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Reporting
import TestSupport
import Testing

@Suite("A map with text that somebody has made up")
struct HostileTextTests {
  static let hostile = [
    "<script>alert(1)</script>", "]]></text><script/>", "\"/><a href='x'>", "&lt; &#x3c; &bad",
    "\u{1B}[2J\u{1B}]0;title\u{07}", "one\r\ntwo\0three", "\u{202E}desrever\u{2066}",
    "\u{FFFF}\u{FFFE}", "\u{85}\u{9B}31m", "<!--", "<![CDATA[",
    String(repeating: "unbroken", count: 60),
  ]

  private func map(_ text: String) throws -> InstanceMap {
    var scenario = MapScenario.troubled
    scenario.unsettled = [2: text]
    scenario.ignored = [4: text]
    scenario.refusal = text
    let view = try scenario.view()
    return InstanceMap(
      HostView(
        instance: view.instance,
        stack: view.stack,
        kernel: view.kernel,
        metadata: .failed(text),
        refusal: view.refusal,
        enis: view.enis
      )
    )
  }

  @Test("stays XML, and that text stays text", arguments: hostile)
  func markup(_ text: String) throws {
    let reading = try SVGReading(try map(text).svg)
    #expect(reading.elements == ["svg", "title", "desc", "rect", "line", "g", "text"])
    #expect(!reading.attributes.contains("href"))
    let printable = text.unicodeScalars.allSatisfy { (" "..."~").contains($0) }
    if printable { #expect(reading.everything.contains(text)) }
  }

  @Test("obeys no terminal sequence and keeps its frames", arguments: hostile)
  func terminal(_ text: String) throws {
    let drawing = try map(text).text(width: 80, .plain)
    let forbidden = drawing.unicodeScalars.filter { scalar in
      scalar != "\n"
        && [.control, .format, .unassigned].contains(scalar.properties.generalCategory)
    }
    #expect(forbidden.isEmpty)
    #expect(drawing.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
