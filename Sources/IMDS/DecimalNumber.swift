// SPDX-License-Identifier: Apache-2.0

/// Decimal numbers as protocols write them: digits only, where `Int` would also take a sign.
enum DecimalNumber {
  /// The number, or nil when the text is empty, holds anything but ASCII digits, or overflows.
  static func parse(_ text: some StringProtocol) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}
