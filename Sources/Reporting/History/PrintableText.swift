// SPDX-License-Identifier: Apache-2.0

/// Text of somebody else's in a form that a terminal only shows.
///
/// A message may quote what IMDS or a file said, and anybody may write into the journal: a control
/// character could move the cursor or forge a line, and one that turns the direction of writing
/// could show another text than there is.
struct PrintableText: Hashable, CustomStringConvertible {
  /// The text on one line, what is not printable as `\u{…}`.
  let description: String

  /// The printable form of `text`.
  init(_ text: String) {
    description = text.unicodeScalars.map { Self.isHarmless($0) ? "\($0)" : Self.escape($0) }
      .joined()
  }

  /// Whether a character does nothing but show itself.
  static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      false
    default: true
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\t": "\\t"
    case "\r": "\\r"
    default: "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
}
