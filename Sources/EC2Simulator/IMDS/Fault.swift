// SPDX-License-Identifier: Apache-2.0

/// What goes wrong with a request, in HTTP or below it.
package enum Fault: Hashable, Sendable {
  /// This status instead of the true answer, with `Retry-After: seconds` if given.
  case status(Int, retryAfter: Int? = nil)
  /// 200 with this body instead of the true answer; the empty text is an empty 200.
  case body(String)
  /// The request is read and never answered.
  case hang
  /// The true answer after this delay.
  case delay(Duration)
  /// The true answer, head at once, body at this many bytes each second.
  case slowBody(bytesPerSecond: Int)
  /// The true answer's head, then this many bytes of its body, then the connection closes.
  case cutBody(afterBytes: Int)
  /// A body of this many bytes that its own Content-Length admits to.
  case longBody(bytes: Int)
  /// A head with this many bytes of header fields before the true answer.
  case oversizeHeaders(bytes: Int)
  /// Bytes that are no HTTP.
  case garbage
  /// The connection is reset (TCP RST) instead of answered.
  case reset
}
