// SPDX-License-Identifier: Apache-2.0

/// The two ways in which values read do not make an ENI.
enum Doubt: Error {
  /// They may soon.
  case unsettled(Unsettled)
  /// They never will.
  case failed(IMDSError)

  /// `key` holds something else than it is documented to.
  static func malformed(
    _ key: InterfaceKey,
    _ value: some StringProtocol,
    expected: String
  ) -> Doubt {
    .failed(.malformed(key: key.rawValue, value: UntrustedText(value), expected: expected))
  }
}
