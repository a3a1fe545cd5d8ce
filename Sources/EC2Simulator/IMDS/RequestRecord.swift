// SPDX-License-Identifier: Apache-2.0

/// One request as the server saw it.
///
/// A session token is never part of it.
package struct RequestRecord: Hashable, Sendable {
  /// The number of the connection it came by, counting from 1.
  package let connection: Int
  /// When it was read completely, since the server started.
  package let time: Duration
  /// The method: GET, HEAD, PUT.
  package let method: String
  /// The path as sent.
  package let path: String
  /// The status of the answer; nil when a fault left it without one.
  package let status: Int?
  /// The User-Agent header, empty when there was none.
  package let userAgent: String
}
