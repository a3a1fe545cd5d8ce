// SPDX-License-Identifier: Apache-2.0

/// A request without a body, of one of the two kinds that IMDS takes.
struct HTTPRequest: Hashable, Sendable {
  /// What is asked.
  enum Method: Hashable, Sendable {
    /// A key's value.
    case get(SessionToken)
    /// A session token with this lifetime in seconds.
    case putToken(lifetime: Int)
  }

  /// What is asked.
  let method: Method
  /// The URL path, from the root.
  let path: String
  /// The program and its version.
  let userAgent: String

  /// Whether `path` may stand in a request line: printable ASCII without spaces, from the root.
  static func isValidPath(_ path: String) -> Bool {
    path.utf8.first == UInt8(ascii: "/") && path.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }

  /// The request as it travels (RFC 9112, section 2.1).
  func bytes(host: String) -> [UInt8] {
    let lines =
      switch method {
      case .get(let token):
        ["GET \(path) HTTP/1.1", token.headerField]
      case .putToken(let lifetime):
        [
          "PUT \(path) HTTP/1.1", "X-aws-ec2-metadata-token-ttl-seconds: \(lifetime)",
          "Content-Length: 0",
        ]
      }
    let common = ["Host: \(host)", "User-Agent: \(userAgent)", "Accept: */*", "", ""]
    return Array((lines + common).joined(separator: "\r\n").utf8)
  }
}
