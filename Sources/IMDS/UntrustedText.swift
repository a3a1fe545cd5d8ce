// SPDX-License-Identifier: Apache-2.0

/// Text from the metadata service in a form that is safe to print: on one line, escaped, short.
///
/// A value that is broken may be broken on purpose: with newlines that forge log lines, terminal
/// escapes, or a megabyte of text.
package struct UntrustedText: Hashable, Sendable, CustomStringConvertible {
  /// The start of the text in quotes, escaped as in C, and its size when it is cut.
  package let description: String

  private static let maximumLength = 48

  /// The printable form of `text`.
  package init(_ text: some StringProtocol) {
    self.init(bytes: text.utf8)
  }

  /// The printable form of bytes that need not be text.
  package init(bytes: some Collection<UInt8>) {
    let start = bytes.prefix(Self.maximumLength).map(Self.escape).joined()
    let isCut = bytes.count > Self.maximumLength
    description = isCut ? "\"\(start)…\" (\(bytes.count) bytes)" : "\"\(start)\""
  }

  private static func escape(_ byte: UInt8) -> String {
    switch byte {
    case 0x0a: "\\n"
    case 0x0d: "\\r"
    case 0x09: "\\t"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
    case 0x20...0x7e: String(UnicodeScalar(byte))
    default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
}
