// SPDX-License-Identifier: Apache-2.0

/// A file in systemd's syntax (systemd.syntax(7)), taken apart: sections, assignments, line numbers.
///
/// Own code, since the one library at hand that reads settings (swift-configuration) knows JSON and
/// YAML, and an error has to name the line.
struct SettingsFile {
  /// One line that sets something.
  struct Assignment {
    let section: String
    let key: String
    let value: String
    let origin: SettingOrigin
  }

  let assignments: [Assignment]

  init(path: String, content: String) throws(ConfigurationError) {
    var assignments: [Assignment] = []
    var section: String?
    for (offset, line) in content.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      let text = Self.trimmed(line)
      let origin = SettingOrigin(path: path, line: offset + 1)
      guard let first = text.first, first != "#", first != ";" else { continue }
      if first == "[", text.last == "]" {
        section = String(text.dropFirst().dropLast())
        continue
      }
      guard let equals = text.firstIndex(of: "=") else {
        throw .notAnAssignment(origin, String(text))
      }
      guard let section else { throw .outsideSection(origin, String(text)) }
      assignments.append(
        Assignment(
          section: section,
          key: String(Self.trimmed(text[..<equals])),
          value: String(Self.trimmed(text[text.index(after: equals)...])),
          origin: origin
        )
      )
    }
    self.assignments = assignments
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text
  }
}
