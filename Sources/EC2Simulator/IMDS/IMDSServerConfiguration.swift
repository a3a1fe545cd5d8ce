// SPDX-License-Identifier: Apache-2.0

/// How the server words its answers, where the real one differs by place or version.
package struct IMDSServerConfiguration: Hashable, Sendable {
  /// Whether connections stay open after an answer.
  package enum Persistence: Hashable, Sendable {
    /// Until the client closes.
    case keepAlive
    /// `Connection: close` after each answer.
    case close
  }

  /// How the end of a body is told.
  package enum Framing: Hashable, Sendable {
    /// `Content-Length`.
    case contentLength
    /// `Transfer-Encoding: chunked`, in chunks of at most eight bytes, so that values are split.
    case chunked
  }

  /// A limit on the rate of requests, beyond which requests are dropped without an answer.
  package struct RateLimit: Hashable, Sendable {
    /// How many requests are answered.
    package let requests: Int
    /// The stretch of time in which they are counted.
    package let window: Duration

    /// At most `requests` within `window`.
    package init(requests: Int, window: Duration) {
      self.requests = requests
      self.window = window
    }
  }

  /// Keep-alive or close.
  package var persistence = Persistence.keepAlive
  /// Content-Length or chunked.
  package var framing = Framing.contentLength
  /// Whether values and listings end in a newline.
  package var endsWithNewline = false
  /// Whether the service is on; off answers 403 to everything.
  package var isEnabled = true
  /// The rate limit, nil for none.
  package var rateLimit: RateLimit?

  /// The defaults: as the real service.
  package init() {}
}
