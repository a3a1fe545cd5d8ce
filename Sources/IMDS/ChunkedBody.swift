// SPDX-License-Identifier: Apache-2.0

/// Decodes a chunked body as it arrives (RFC 9112, section 7.1).
struct ChunkedBody {
  private enum Stage {
    case size
    case data(left: Int)
    case dataEnd
    case trailer(used: Int)
    case complete
  }

  /// The content decoded so far.
  private(set) var content: [UInt8] = []
  private var stage = Stage.size

  private static let crlf: [UInt8] = [0x0d, 0x0a]
  private static let maximumSizeLine = 128

  /// Takes what it can from the front of `buffer`.
  ///
  /// - Parameters:
  ///   - buffer: What has arrived; what belongs to an unfinished line stays.
  ///   - maximum: The most bytes of content to accept.
  /// - Returns: Whether the body is complete.
  /// - Throws: ``RequestFailure/invalidAnswer(_:)``.
  mutating func consume(_ buffer: inout [UInt8], maximum: Int) throws(RequestFailure) -> Bool {
    while true {
      switch stage {
      case .size:
        guard let line = try takeLine(from: &buffer, limit: Self.maximumSizeLine) else {
          return false
        }
        let size = try Self.parseSize(line)
        guard size <= maximum - content.count else {
          throw .invalidAnswer("more than \(maximum) bytes of content")
        }
        stage = size == 0 ? .trailer(used: 0) : .data(left: size)
      case .data(let left):
        let part = buffer.prefix(left)
        content += part
        buffer.removeFirst(part.count)
        guard part.count == left else {
          stage = .data(left: left - part.count)
          return false
        }
        stage = .dataEnd
      case .dataEnd:
        guard Self.crlf.starts(with: buffer.prefix(2)) else {
          throw .invalidAnswer("chunk longer than its size")
        }
        guard buffer.count >= 2 else { return false }
        buffer.removeFirst(2)
        stage = .size
      case .trailer(let used):
        let limit = HTTPResponseParser.maximumHead - used
        guard let line = try takeLine(from: &buffer, limit: limit) else { return false }
        stage = line.isEmpty ? .complete : .trailer(used: used + line.count)
      case .complete: return true
      }
    }
  }

  private func takeLine(
    from buffer: inout [UInt8],
    limit: Int
  ) throws(RequestFailure) -> [UInt8]? {
    guard let end = buffer.firstIndex(of: 0x0a) else {
      guard buffer.count <= limit else { throw .invalidAnswer("overlong line between chunks") }
      return nil
    }
    guard end > 0, end <= limit, buffer[end - 1] == 0x0d else {
      throw .invalidAnswer("malformed line between chunks")
    }
    let line = Array(buffer[..<(end - 1)])
    buffer.removeFirst(end + 1)
    return line
  }

  /// The hexadecimal size; an extension after a semicolon is ignored, as the standard demands.
  private static func parseSize(_ line: [UInt8]) throws(RequestFailure) -> Int {
    let digits = line.prefix { $0 != UInt8(ascii: ";") }
    let text = String(decoding: digits, as: UTF8.self)
    guard (1...8).contains(digits.count), text.utf8.allSatisfy({ $0 != 0x2b && $0 != 0x2d }),
      let size = Int(text, radix: 16)
    else { throw .invalidAnswer("malformed chunk size") }
    return size
  }
}
