// SPDX-License-Identifier: Apache-2.0

/// How IMDS writes values: words between line feeds, with or without a final one.
enum MetadataText {
  /// The words of a list, in order, however ASCII white space separates them.
  static func words(_ text: String) -> [Substring] {
    text.unicodeScalars.split(whereSeparator: isSpace).map { Substring($0) }
  }

  /// The text without the white space around it; a value may end with a line feed or not.
  static func trimmed(_ text: String) -> Substring {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return Substring(scalars[first...last])
  }

  /// A listing's entry without the slash that marks a directory.
  static func withoutSlash(_ word: Substring) -> Substring {
    word.hasSuffix("/") ? word.dropLast() : word
  }

  // Scalars, not characters: "\r\n" is one character, and a combining mark hides a line feed.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (0x09...0x0d).contains(scalar.value)
  }
}
