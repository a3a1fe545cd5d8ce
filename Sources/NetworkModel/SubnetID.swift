// SPDX-License-Identifier: Apache-2.0

/// A subnet's id, `subnet-` and 8 or 17 hexadecimal digits.
package struct SubnetID: Hashable, Sendable, CustomStringConvertible {
  /// The id as text.
  package let description: String

  /// Accepts a well-formed id, nil otherwise.
  package init?(_ text: some StringProtocol) {
    guard ResourceID.isValid(text, prefix: "subnet-") else { return nil }
    description = String(text)
  }
}
