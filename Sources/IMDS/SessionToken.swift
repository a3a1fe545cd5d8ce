// SPDX-License-Identifier: Apache-2.0

/// An IMDSv2 session token: a credential, so it prints as a placeholder however it is printed.
struct SessionToken: Hashable, Sendable {
  /// How long a token lives, in seconds.
  ///
  /// Runs take well under a minute; when one does not, IMDS answers 401 and the client asks for
  /// another token.
  static let lifetime = 300

  private let text: String

  /// The token in a response body; nil unless it is 1–1024 printable ASCII characters, since it
  /// goes into a header field.
  init?(_ body: [UInt8]) {
    guard (1...1024).contains(body.count), body.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      return nil
    }
    text = String(decoding: body, as: UTF8.self)
  }

  /// The header field that authenticates a request, for the wire alone.
  var headerField: String { "X-aws-ec2-metadata-token: \(text)" }
}

extension SessionToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { "<IMDS session token>" }
  var debugDescription: String { description }
  /// Empty: `dump` and reflection see nothing.
  var customMirror: Mirror { Mirror(self, children: []) }
}
