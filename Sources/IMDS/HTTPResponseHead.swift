// SPDX-License-Identifier: Apache-2.0

/// The status line and the header fields that matter to us (RFC 9112, sections 4 and 5).
///
/// Strict where the standard lets a recipient be lenient: whatever two programs could read
/// differently is refused, because the value that follows decides how the host routes.
struct HTTPResponseHead: Hashable, Sendable {
  /// How the end of the body is told (RFC 9112, section 6.3).
  enum Framing: Hashable, Sendable {
    case length(Int)
    case chunked
    case untilClose
  }

  let status: Int
  let framing: Framing
  let retryAfter: Duration?
  let keepsConnection: Bool

  /// Parses the bytes before the empty line, without the CRLF that ends the last of them.
  init(_ bytes: some Collection<UInt8>) throws(RequestFailure) {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let (isVersion11, status) = try Self.parseStatusLine(lines.removeFirst())
    var fields = Fields()
    for line in lines { try fields.add(line) }

    let framing = try fields.framing(status: status, isVersion11: isVersion11)
    self.status = status
    self.framing = framing
    retryAfter = fields.retryAfter
    keepsConnection = isVersion11 && !fields.closes && framing != .untilClose
  }

  private static func parseStatusLine(
    _ line: Substring
  ) throws(RequestFailure) -> (isVersion11: Bool, status: Int) {
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0",
      parts[1].utf8.count == 3, let status = DecimalNumber.parse(parts[1])
    else { throw .invalidAnswer("no HTTP/1 status line") }
    guard (200...599).contains(status) else { throw .invalidAnswer("status \(status)") }
    return (parts[0] == "HTTP/1.1", status)
  }
}

/// The fields that say how the body is framed and what becomes of the connection.
private struct Fields {
  var length: Int?
  var isChunked = false
  var closes = false
  var retryAfter: Duration?

  mutating func add(_ line: Substring) throws(RequestFailure) {
    if let first = line.utf8.first, first == 0x20 || first == 0x09 {
      throw .invalidAnswer("folded header field")
    }
    guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
      line[..<colon].utf8.allSatisfy(Self.isTokenByte)
    else { throw .invalidAnswer("malformed header field") }
    let value = line[line.index(after: colon)...].trimmed
    switch line[..<colon].lowercased() {
    case "content-length":
      guard length == nil else { throw .invalidAnswer("repeated Content-Length") }
      guard let number = DecimalNumber.parse(value) else {
        throw .invalidAnswer("Content-Length is not a number")
      }
      length = number
    case "transfer-encoding":
      guard !isChunked, value.lowercased() == "chunked" else {
        throw .invalidAnswer("unknown Transfer-Encoding")
      }
      isChunked = true
    case "connection":
      closes = closes || value.lowercased().split(separator: ",").contains { $0.trimmed == "close" }
    case "retry-after":
      // An absurd value must not overflow; no run lasts a day.
      retryAfter = DecimalNumber.parse(value).map { .seconds(min($0, 86_400)) }
    default: break
    }
  }

  func framing(
    status: Int,
    isVersion11: Bool
  ) throws(RequestFailure) -> HTTPResponseHead.Framing {
    // Both, or a coding in a version that has none, is how answers get smuggled (RFC 9112, 11.2).
    guard !isChunked || (length == nil && isVersion11) else {
      throw .invalidAnswer("contradictory body length")
    }
    if status == 204 || status == 304 { return .length(0) }
    if isChunked { return .chunked }
    return length.map { .length($0) } ?? .untilClose
  }

  /// `tchar` of RFC 9110, section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}

extension Substring {
  /// Without the spaces and tabs around it.
  fileprivate var trimmed: Substring {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    let start = drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start }
    return start[...last]
  }
}
