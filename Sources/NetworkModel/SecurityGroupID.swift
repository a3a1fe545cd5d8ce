// SPDX-License-Identifier: Apache-2.0

/// A security group's id, `sg-` and 8 or 17 hexadecimal digits.
package struct SecurityGroupID: Hashable, Sendable, CustomStringConvertible {
  /// The id as text.
  package let description: String

  /// Accepts a well-formed id, nil otherwise.
  package init?(_ text: some StringProtocol) {
    guard ResourceID.isValid(text, prefix: "sg-") else { return nil }
    description = String(text)
  }
}
