// SPDX-License-Identifier: Apache-2.0

/// One line of a drawing: text whose parts have a meaning, and a width that colours do not change.
struct StyledLine {
  private var parts: [(text: String, meaning: Style.Meaning?)]

  /// A line of one part.
  init(_ text: String = "", _ meaning: Style.Meaning? = nil) {
    parts = text.isEmpty ? [] : [(text, meaning)]
  }

  /// The number of characters.
  var width: Int { parts.reduce(0) { $0 + $1.text.count } }

  static func + (left: Self, right: Self) -> Self {
    var line = left
    line.parts += right.parts
    return line
  }

  /// The line with blanks behind it.
  func padded(to width: Int) -> Self {
    self + StyledLine(String(repeating: " ", count: max(0, width - self.width)))
  }

  /// The line as it is printed, without blanks at its end.
  func printed(_ style: Style) -> String {
    var parts = parts
    while let last = parts.last {
      let text = String(last.text.reversed().drop { $0 == " " }.reversed())
      guard text.isEmpty else {
        parts[parts.count - 1].text = text
        break
      }
      parts.removeLast()
    }
    return parts.map { part in part.meaning.map { style(part.text, $0) } ?? part.text }.joined()
  }
}
