// SPDX-License-Identifier: Apache-2.0

/// The id of an EC2 instance, `i-` and 8 or 17 hexadecimal digits.
///
/// It names a directory on disk, so nothing else is accepted.
package struct InstanceID: Hashable, Sendable, CustomStringConvertible {
  /// The id as text.
  package let text: String

  /// Accepts a well-formed id, nil otherwise.
  package init?(_ text: some StringProtocol) {
    guard ResourceID.isValid(text, prefix: "i-") else { return nil }
    self.text = String(text)
  }

  package var description: String { text }
}
