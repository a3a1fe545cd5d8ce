// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import IMDS

@Suite("HTTP response parser")
struct HTTPResponseParserTests {
  struct Valid: CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let status: Int
    let body: String
    let keepsConnection: Bool

    init(_ name: String, _ text: String, _ status: Int, _ body: String, keeps: Bool) {
      testDescription = name
      self.text = text
      self.status = status
      self.body = body
      keepsConnection = keeps
    }
  }

  static let responses = [
    Valid("length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", keeps: true),
    Valid("empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", keeps: true),
    Valid("no reason", "HTTP/1.1 404\r\ncontent-length:2\r\n\r\nno", 404, "no", keeps: true),
    Valid(
      "blanks around the value",
      "HTTP/1.1 200 OK\r\nContent-Length: \t 1 \t\r\n\r\nx",
      200,
      "x",
      keeps: true
    ),
    Valid(
      "close",
      "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 1\r\n\r\nx",
      200,
      "x",
      keeps: false
    ),
    Valid("1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", keeps: false),
    Valid(
      "chunked",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nhel\r\n02;a=b\r\nlo\r\n0\r\n\r\n",
      200,
      "hello",
      keeps: true
    ),
    Valid(
      "chunked with trailer",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
      200,
      "0123456789",
      keeps: true
    ),
    Valid("no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", keeps: true),
    Valid(
      "chunk data that looks like framing",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n",
      200,
      "0\r\n\r\n",
      keeps: true
    ),
  ]

  private func parse(_ bytes: [UInt8], step: Int) throws -> HTTPResponse? {
    var parser = HTTPResponseParser()
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(step))
      rest = rest.dropFirst(step)
      if let response = try parser.consume(part) {
        #expect(rest.isEmpty, "complete before its end")
        return response
      }
    }
    return nil
  }

  @Test("a framed response is complete at its last byte, however it arrives", arguments: responses)
  func framed(_ valid: Valid) throws {
    for step in [1, 2, 3, 7, 10_000] {
      let response = try #require(try parse(Array(valid.text.utf8), step: step))
      #expect(response.status == valid.status)
      #expect(response.body == Array(valid.body.utf8))
      #expect(response.keepsConnection == valid.keepsConnection)
    }
  }

  @Test("no truncation of a framed response is a response", arguments: responses)
  func truncated(_ valid: Valid) throws {
    let bytes = Array(valid.text.utf8)
    for length in 0..<bytes.count {
      var parser = HTTPResponseParser()
      #expect(try parser.consume(Array(bytes[..<length])) == nil)
      #expect(throws: RequestFailure.incompleteAnswer) { try parser.finish() }
    }
  }

  @Test("a byte too many is refused, whatever the framing", arguments: responses)
  func overlong(_ valid: Valid) {
    var parser = HTTPResponseParser()
    #expect(throws: RequestFailure.invalidAnswer("bytes after the end of the body")) {
      try parser.consume(Array((valid.text + "x").utf8))
    }
  }

  @Test(
    "no single changed byte crashes the parser or changes a body's length",
    arguments: responses
  )
  func flipped(_ valid: Valid) {
    let bytes = Array(valid.text.utf8)
    for index in bytes.indices {
      for byte: UInt8 in [0x00, 0x0a, 0x0d, 0x20, 0x30, 0x39, 0x3a, 0x66, 0x7f, 0xff] {
        var changed = bytes
        changed[index] = byte
        var parser = HTTPResponseParser()
        guard let response = try? parser.consume(changed) else { continue }
        #expect(response.body.count <= valid.text.utf8.count)
      }
    }
  }

  @Test("without a length the body ends with the connection, which is then not kept")
  func untilClose() throws {
    var parser = HTTPResponseParser()
    #expect(try parser.consume(Array("HTTP/1.1 200 OK\r\n\r\nhel".utf8)) == nil)
    #expect(try parser.consume(Array("lo".utf8)) == nil)
    let response = try parser.finish()
    #expect(response.body == Array("hello".utf8))
    #expect(!response.keepsConnection)
  }

  @Test("Retry-After is read in seconds, and dates and nonsense are not")
  func retryAfter() throws {
    let cases: [(String, Duration?)] = [
      ("3", .seconds(3)), ("0", .zero), ("-1", nil), ("Fri, 31 Dec 1999 23:59:59 GMT", nil),
      ("99999999999", .seconds(86_400)),
    ]
    for (value, expected) in cases {
      let text = "HTTP/1.1 503 Busy\r\nRetry-After: \(value)\r\nContent-Length: 0\r\n\r\n"
      let response = try parse(Array(text.utf8), step: 1000)
      #expect(response?.retryAfter == expected)
    }
  }

  @Test(
    "what two programs could read differently is refused",
    arguments: [
      "SSH-2.0-OpenSSH_9.2\r\n", "\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n",
      "http/1.1 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 700 X\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\nA: b\n\r\n",
      "HTTP/1.1 200 OK\rX\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\tA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA b\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA: \u{0}\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \u{1b}[2J\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    ]
  )
  func refused(_ text: String) {
    var parser = HTTPResponseParser()
    let error = #expect(throws: RequestFailure.self) { try parser.consume(Array(text.utf8)) }
    guard case .invalidAnswer? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.isTransient == false)
  }

  @Test("header and body have a limit, even while they never end")
  func limits() {
    let endless: [(head: String, filler: String)] = [
      ("HTTP/1.1 200 OK\r\nA: ", "a"), ("HTTP/1.1 200 OK\r\n", "A: b\r\n"),
      ("HTTP/1.1 200 OK\r\n\r\n", "a"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0"),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n"),
    ]
    for (head, filler) in endless {
      var parser = HTTPResponseParser()
      #expect(throws: RequestFailure.self) {
        _ = try parser.consume(Array(head.utf8))
        for _ in 0..<200 {
          _ = try parser.consume(Array(String(repeating: filler, count: 512).utf8))
        }
      }
    }
  }
}
