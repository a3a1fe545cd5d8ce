// SPDX-License-Identifier: Apache-2.0

/// The form of EC2 resource ids: a prefix and 8 (before 2016) or 17 lower-case hexadecimal digits.
enum ResourceID {
  static func isValid(_ text: some StringProtocol, prefix: String) -> Bool {
    guard text.hasPrefix(prefix) else { return false }
    let digits = text.utf8.dropFirst(prefix.utf8.count)
    return (digits.count == 8 || digits.count == 17)
      && digits.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
