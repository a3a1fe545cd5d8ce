// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// One message for the journal, in its native form (https://systemd.io/JOURNAL_NATIVE_PROTOCOL).
package struct JournalEntry: Hashable, Sendable {
  /// One field; a name may come several times.
  package struct Field: Hashable, Sendable {
    /// Its name.
    package let name: JournalField
    /// Its value, which may be any text.
    package let value: String

    /// The field of this name and value.
    package init(_ name: JournalField, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The fields, in order.
  package let fields: [Field]

  /// The message of these fields.
  package init(_ fields: [Field]) { self.fields = fields }

  /// What is sent, in one datagram.
  package var datagram: [UInt8] { fields.flatMap(Self.encode) }

  /// `NAME=value`, or, since a line break would begin the next field, `NAME`, the value's length as
  /// 64 bits, low byte first, and the value.
  private static func encode(_ field: Field) -> [UInt8] {
    let value = Array(field.value.utf8)
    let name = Array(field.name.rawValue.utf8)
    let newline = UInt8(ascii: "\n")
    guard value.contains(newline) else { return name + [UInt8(ascii: "=")] + value + [newline] }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(value.count) >> ($0 * 8)) }
    return name + [newline] + length + value + [newline]
  }
}
