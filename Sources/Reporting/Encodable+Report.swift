// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

extension Encodable {
  /// JSON with a final newline, keys in a fixed order.
  func reportText() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
