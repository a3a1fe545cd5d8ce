// SPDX-License-Identifier: Apache-2.0

/// The values of a field as journalctl(1) prints it with `--output=json`: usually one string, but
/// null when it is too long, numbers when it is not text, and an array when the field comes several
/// times.
struct JournalValue: Decodable, Hashable {
  /// All values, in order; nil for one that was left out.
  let values: [String?]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      values = [nil]
    } else if let text = try? container.decode(String.self) {
      values = [text]
    } else if let bytes = try? container.decode([UInt8].self) {
      values = [String(decoding: bytes, as: UTF8.self)]
    } else {
      values = try container.decode([JournalValue].self).flatMap(\.values)
    }
  }

  /// The values that are there.
  var texts: [String] { values.compactMap(\.self) }
}
