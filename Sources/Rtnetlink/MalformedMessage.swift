// SPDX-License-Identifier: Apache-2.0

/// Why bytes from the kernel are not a message: never seen from a working kernel, always checked.
package enum MalformedMessage: Error, Hashable, Sendable {
  /// Fewer bytes are left than a header has.
  case headerTooShort(bytes: Int)
  /// A length field says less than its own header takes, so a reader would never advance.
  case lengthTooSmall(Int)
  /// A length field points behind the end.
  case lengthPastEnd(Int, available: Int)
  /// An attribute's value has fewer octets than its type needs.
  case valueTooShort(attribute: UInt16, bytes: Int)
  /// A text is not terminated or not UTF-8.
  case badText(attribute: UInt16)
  /// A value that the kernel never sends, such as a link with index 0.
  case badValue(String)
}

extension MalformedMessage: CustomStringConvertible {
  package var description: String {
    switch self {
    case .headerTooShort(let bytes): "\(bytes) bytes are left where a header should be"
    case .lengthTooSmall(let length): "the length \(length) is less than its own header"
    case .lengthPastEnd(let length, let available):
      "the length \(length) lies past the end, \(available) bytes are left"
    case .valueTooShort(let attribute, let bytes): "attribute \(attribute) has only \(bytes) bytes"
    case .badText(let attribute): "attribute \(attribute) is not text"
    case .badValue(let what): what
    }
  }
}
