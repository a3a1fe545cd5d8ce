// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// One attribute: its type and its value, the readings of which check the size.
struct Attribute {
  /// What it says.
  let type: AttributeType
  /// Its octets, without header and padding.
  let value: ArraySlice<UInt8>

  /// The value as an integer in host byte order.
  func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    as type: Integer.Type = Integer.self
  ) throws(MalformedMessage) -> Integer {
    guard let integer = value.load(as: type) else { throw tooShort }
    return integer
  }

  /// The value as text up to its terminating zero.
  func text() throws(MalformedMessage) -> String {
    guard let end = value.firstIndex(of: 0),
      let text = String(validating: value[..<end], as: UTF8.self)
    else { throw .badText(attribute: type.rawValue) }
    return text
  }

  /// The value as an address of `family`, network byte order.
  func address(_ family: AddressFamily) throws(MalformedMessage) -> IPAddress {
    guard let address = IPAddress(family: family, octets: value) else { throw tooShort }
    return address
  }

  private var tooShort: MalformedMessage {
    .valueTooShort(attribute: type.rawValue, bytes: value.count)
  }
}
