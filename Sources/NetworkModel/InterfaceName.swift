// SPDX-License-Identifier: Apache-2.0

/// The name of a network interface, valid for the kernel and safe in a path and a unit file.
///
/// The kernel's dev_valid_name() takes 1–15 bytes (IFNAMSIZ is 16 with the terminator), not "." or
/// "..", without "/", ":" and white space. We are stricter: ASCII letters, digits, "-", "_" and "."
/// only, because the name becomes part of paths under /etc and /proc/sys/net.
package struct InterfaceName: Hashable, Sendable {
  /// The name as text.
  package let text: String

  /// Accepts a valid name, nil otherwise.
  package init?(_ text: some StringProtocol) {
    guard (1...15).contains(text.utf8.count), text != ".", text != "..",
      text.utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    self.text = String(text)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default:
      false
    }
  }
}

extension InterfaceName: CustomStringConvertible {
  package var description: String { text }
}
