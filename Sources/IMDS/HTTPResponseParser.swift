// SPDX-License-Identifier: Apache-2.0

/// Reads one response from bytes as they arrive; it knows no sockets and no time.
///
/// A response is complete only by its own framing; bytes beyond it are a fault, because nothing
/// was asked that they could answer.
struct HTTPResponseParser {
  /// The most bytes of status line and header fields; IMDS sends about 300.
  static let maximumHead = 8 * 1024
  /// The most bytes of content; the longest list, 80 MACs or 64 addresses, is below 2 KiB.
  static let maximumBody = 64 * 1024

  private enum Stage {
    case head
    case body(HTTPResponseHead)
  }

  private var stage = Stage.head
  private var buffer: [UInt8] = []
  private var chunks = ChunkedBody()

  /// Whether nothing has arrived yet.
  private(set) var isUntouched = true

  /// Takes the next bytes.
  ///
  /// - Returns: The response once it is complete, nil while it is not.
  mutating func consume(_ bytes: [UInt8]) throws(RequestFailure) -> HTTPResponse? {
    isUntouched = isUntouched && bytes.isEmpty
    buffer += bytes
    if case .head = stage {
      guard let head = try takeHead() else { return nil }
      stage = .body(head)
    }
    guard case .body(let head) = stage else { return nil }
    return try takeBody(head)
  }

  /// Takes the end of the stream.
  ///
  /// - Returns: The response that ends with the connection; every other is incomplete.
  mutating func finish() throws(RequestFailure) -> HTTPResponse {
    guard case .body(let head) = stage, head.framing == .untilClose else {
      throw .incompleteAnswer
    }
    return Self.response(head, buffer)
  }

  private mutating func takeHead() throws(RequestFailure) -> HTTPResponseHead? {
    let opening = zip(buffer, "HTTP/1.".utf8)
    guard opening.allSatisfy({ $0 == $1 }) else { throw .invalidAnswer("no HTTP/1 status line") }
    guard let end = try endOfHead() else {
      guard buffer.count <= Self.maximumHead else {
        throw .invalidAnswer("more than \(Self.maximumHead) bytes of header")
      }
      return nil
    }
    let head = try HTTPResponseHead(buffer[..<end])
    buffer.removeFirst(end + 4)
    return head
  }

  /// Where the empty line's CRLFCRLF starts, if it has arrived.
  private func endOfHead() throws(RequestFailure) -> Int? {
    var lineStart = 0
    for (index, byte) in buffer.enumerated().prefix(Self.maximumHead) {
      switch byte {
      case 0x0a:
        guard index > 0, buffer[index - 1] == 0x0d else { throw .invalidAnswer("bare line feed") }
        if index - 1 == lineStart { return lineStart - 2 }
        lineStart = index + 1
      case 0x00...0x08, 0x0b, 0x0c, 0x0e...0x1f, 0x7f:
        throw .invalidAnswer("control character in the header")
      default:
        guard index == 0 || buffer[index - 1] != 0x0d else {
          throw .invalidAnswer("bare carriage return")
        }
      }
    }
    return nil
  }

  private mutating func takeBody(_ head: HTTPResponseHead) throws(RequestFailure) -> HTTPResponse? {
    switch head.framing {
    case .length(let length):
      guard length <= Self.maximumBody else { throw Self.oversized }
      guard buffer.count >= length else { return nil }
      guard buffer.count == length else { throw Self.excess }
      return Self.response(head, buffer)
    case .chunked:
      guard try chunks.consume(&buffer, maximum: Self.maximumBody) else { return nil }
      guard buffer.isEmpty else { throw Self.excess }
      return Self.response(head, chunks.content)
    case .untilClose:
      guard buffer.count <= Self.maximumBody else { throw Self.oversized }
      return nil
    }
  }

  private static func response(_ head: HTTPResponseHead, _ body: [UInt8]) -> HTTPResponse {
    HTTPResponse(
      status: head.status,
      body: body,
      retryAfter: head.retryAfter,
      keepsConnection: head.keepsConnection
    )
  }

  private static var oversized: RequestFailure {
    .invalidAnswer("more than \(maximumBody) bytes of content")
  }

  private static var excess: RequestFailure { .invalidAnswer("bytes after the end of the body") }
}
