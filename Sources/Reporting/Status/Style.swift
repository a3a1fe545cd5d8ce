// SPDX-License-Identifier: Apache-2.0

/// Colours of a terminal, or none (ECMA-48, Select Graphic Rendition).
package enum Style: Sendable {
  /// For a terminal.
  case coloured
  /// For a pipe or a file.
  case plain

  /// What a colour says, everywhere the same.
  package enum Meaning: Sendable {
    /// All is well.
    case good
    /// Somebody has to look at it.
    case bad
    /// Worth knowing.
    case doubtful
    /// A heading.
    case heading
    /// Beside the point.
    case faint
  }

  /// The text in the colour of what it means.
  package func callAsFunction(_ text: String, _ meaning: Meaning) -> String {
    guard self == .coloured, !text.isEmpty else { return text }
    let code =
      switch meaning {
      case .good: "32"
      case .bad: "31"
      case .doubtful: "33"
      case .heading: "1"
      case .faint: "2"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}
