// SPDX-License-Identifier: Apache-2.0

/// A whole answer.
struct HTTPResponse: Hashable, Sendable {
  /// The three-digit status.
  let status: Int
  /// The content, not yet known to be text.
  let body: [UInt8]
  /// What `Retry-After` asks for, when it is given in seconds; IMDS sends no dates.
  let retryAfter: Duration?
  /// Whether the connection can carry another exchange (RFC 9112, section 9.3).
  let keepsConnection: Bool
}
