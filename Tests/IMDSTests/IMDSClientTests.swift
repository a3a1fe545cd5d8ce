// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel
import Testing

@testable import IMDS

@Suite("IMDS client")
struct IMDSClientTests {
  private typealias Action = ScriptedServer.Action
  private static let path = "/latest/meta-data/mac"

  /// A server that gives tokens and answers the GETs, in order, with these; the last repeats.
  private func server(_ answers: [Action]...) throws -> ScriptedServer {
    let gets = Counter()
    return try ScriptedServer { request, _ in
      request.isToken ? .token : answers[min(gets.next(), answers.count - 1)]
    }
  }

  @Test("200 is present, also when it is empty; 404 is absent")
  func outcomes() throws {
    let server = try server(
      .answer("one\n"),
      .answer(""),
      .answer("<html>", status: "404 Not Found")
    )
    let client = IMDSClient.quick(server.endpoint)
    #expect(try client.get("meta-data/mac") == .present("one\n"))
    #expect(try client.get("meta-data/mac") == .present(""))
    #expect(try client.get("meta-data/mac") == .absent)
  }

  @Test("requests are IMDSv2, say who asks, and share one token and one connection")
  func requests() throws {
    let server = try server(.answer("x"))
    let client = IMDSClient.quick(server.endpoint)
    for _ in 0..<20 { _ = try client.get("meta-data/mac") }
    let requests = server.requests
    #expect(requests.count == 21)
    #expect(client.requestCount == 21)
    #expect(requests[0].line == "PUT /latest/api/token HTTP/1.1")
    #expect(requests[0].field("X-aws-ec2-metadata-token-ttl-seconds") == "300")
    #expect(requests[0].field("X-Forwarded-For") == nil)
    #expect(requests[1...].allSatisfy { $0.line == "GET \(Self.path) HTTP/1.1" })
    #expect(requests[1...].allSatisfy { $0.field("X-aws-ec2-metadata-token") == "TOKEN-SECRET==" })
    #expect(requests.allSatisfy { $0.field("User-Agent") == "eni-init/9.8.7" })
    #expect(requests.allSatisfy { $0.field("Host") == server.endpoint.description })
    #expect(server.connectionCount == 1)
  }

  @Test("one 401 costs a new token and a repetition")
  func expiredToken() throws {
    let server = try server(.answer("", status: "401 Unauthorized"), .answer("x"))
    #expect(try IMDSClient.quick(server.endpoint).get("meta-data/mac") == .present("x"))
    #expect(server.requests.map(\.isToken) == [true, false, true, false])
  }

  @Test("a second 401 is final")
  func rejectedToken() throws {
    let server = try server(.answer("", status: "401 Unauthorized"))
    #expect(throws: IMDSError.tokenRejected(path: Self.path)) {
      try IMDSClient.quick(server.endpoint).get("meta-data/mac")
    }
    #expect(server.requests.count == 4)
  }

  @Test("403 is final at once, for a key and for the token")
  func denied() throws {
    let keyServer = try server(.answer("", status: "403 Forbidden"))
    #expect(throws: IMDSError.denied(path: Self.path)) {
      try IMDSClient.quick(keyServer.endpoint).get("meta-data/mac")
    }
    #expect(keyServer.requests.count == 2)
    let off = try ScriptedServer { _, _ in .answer("", status: "403 Forbidden") }
    #expect(throws: IMDSError.denied(path: "/latest/api/token")) {
      try IMDSClient.quick(off.endpoint).get("meta-data/mac")
    }
    #expect(off.requests.count == 1)
  }

  @Test("other refusals are final at once", arguments: [301, 400, 405, 418])
  func refusals(_ status: Int) throws {
    let keyServer = try server(.answer("", status: "\(status) No"))
    let failure = RequestFailure.status(status, retryAfter: nil)
    #expect(throws: IMDSError.failed(path: Self.path, failure, attempts: 1)) {
      try IMDSClient.quick(keyServer.endpoint).get("meta-data/mac")
    }
    let tokenServer = try ScriptedServer { _, _ in .answer("", status: "\(status) No") }
    #expect(throws: IMDSError.failed(path: "/latest/api/token", failure, attempts: 1)) {
      try IMDSClient.quick(tokenServer.endpoint).get("meta-data/mac")
    }
    #expect(tokenServer.requests.count == 1)
  }

  struct Trouble: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let retries: Int
    let actions: [ScriptedServer.Action]

    init(_ name: String, retries: Int = 2, _ actions: [ScriptedServer.Action]) {
      testDescription = name
      self.retries = retries
      self.actions = actions
    }
  }

  @Test(
    "what passes is tried again, on a new connection where the old one broke",
    arguments: [
      Trouble("429", .answer("", status: "429 Too Many Requests")),
      Trouble("500", .answer("", status: "500 Oops")),
      Trouble("503 that closes", .answer("", status: "503 Busy", fields: "Connection: close\r\n")),
      // The first of these meets the token's connection, which is replaced without a word.
      Trouble("close", retries: 1, [.close]),
      Trouble("reset", retries: 1, [.reset]),
      Trouble("hang", [.pause(milliseconds: 700), .close]),
      Trouble("cut head", [.send("HTTP/1.1 200 OK\r\nContent-Le"), .close]),
      Trouble("cut body", [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), .close]),
      Trouble("reset in body", [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), .reset]),
      Trouble(
        "cut chunk",
        [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort"), .close]
      ),
      Trouble(
        "body slower than the limit",
        [.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")]
          + (0..<99).flatMap { _ in [.pause(milliseconds: 30), .send("x")] }
      ),
    ]
  )
  func transient(_ trouble: Trouble) throws {
    let server = try server(trouble.actions, trouble.actions, .answer("x"))
    var retries = 0
    let client = IMDSClient.quick(server.endpoint) { error, _ in
      #expect(error.isTransient)
      retries += 1
    }
    #expect(try client.get("meta-data/mac") == .present("x"))
    #expect(retries == trouble.retries)
    #expect(server.requests.count(where: { !$0.isToken }) == 3)
  }

  @Test("trouble that does not pass ends with its last failure at the deadline")
  func exhausted() throws {
    let server = try server(.answer("", status: "503 Busy"))
    var policy = RetryPolicy.quick
    policy.connectTimeout = .milliseconds(10)
    policy.overallTimeout = .milliseconds(200)
    let start = ContinuousClock.now
    let error = #expect(throws: IMDSError.self) {
      try IMDSClient.quick(server.endpoint, policy: policy).get("meta-data/mac")
    }
    #expect(start.duration(to: .now) < .seconds(2))
    guard case .failed(Self.path, .status(503, retryAfter: nil), let attempts)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(attempts > 1)
  }

  @Test("Retry-After is waited for when the deadline allows it, and ends the trying when not")
  func retryAfter() throws {
    let clock = FakeClock()
    let policy = RetryPolicy(overallTimeout: .seconds(30))
    let busy = [Action].answer("", status: "503 Busy", fields: "Retry-After: 7\r\n")
    let server = try server(busy, .answer("x"))
    let client = IMDSClient(
      version: "1",
      endpoints: [server.endpoint],
      policy: policy,
      timekeeper: clock.timekeeper
    )
    #expect(try client.get("meta-data/mac") == .present("x"))
    #expect(clock.waits == [.seconds(7)])

    let busier = try self.server(
      .answer("", status: "429 Slow", fields: "Retry-After: 31\r\n")
    )
    let other = IMDSClient(version: "1", endpoints: [busier.endpoint], policy: policy)
    let failure = RequestFailure.status(429, retryAfter: .seconds(31))
    #expect(throws: IMDSError.failed(path: Self.path, failure, attempts: 1)) {
      try other.get("meta-data/mac")
    }
  }

  @Test(
    "an answer that no IMDS gives is final at once",
    arguments: [
      "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nlonger",
      "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 9000),
      "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 70_000),
    ]
  )
  func invalid(_ text: String) throws {
    let server = try server([.send(text), .pause(milliseconds: 100), .close])
    let error = #expect(throws: IMDSError.self) {
      try IMDSClient.quick(server.endpoint).get("meta-data/mac")
    }
    guard case .failed(Self.path, .invalidAnswer, attempts: 1)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("chunked answers and answers that end with the connection are whole answers")
  func framings() throws {
    let server = try server(
      [
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"),
        .pause(milliseconds: 20), .send("1\r\nc\r\n0\r\n\r\n"),
      ],
      [.send("HTTP/1.0 200 OK\r\n\r\nde"), .pause(milliseconds: 20), .send("f"), .close],
      .answer("ghi", fields: "Connection: close\r\n") + [.close],
      .answer("jkl")
    )
    let client = IMDSClient.quick(server.endpoint)
    for expected in ["abc", "def", "ghi", "jkl"] {
      #expect(try client.get("meta-data/mac") == .present(expected))
    }
    #expect(server.connectionCount == 3)
    #expect(client.requestCount == 5)
  }

  @Test("bytes that are no text are malformed, and shown escaped")
  func notText() throws {
    let bytes: [UInt8] = [0x61, 0x0a, 0xff, 0x1b]
    let server = try server(
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"), .sendBytes(bytes)])
    let error = #expect(throws: IMDSError.self) {
      try IMDSClient.quick(server.endpoint).get("meta-data/mac")
    }
    #expect(error?.description.contains(#""a\n\xff\x1b""#) == true)
    #expect(error?.isTransient == false)
  }

  @Test(
    "a path that would break out of the request line never leaves",
    arguments: ["a b", "a\r\nX: y", "ä", "a\u{0}"]
  )
  func invalidPath(_ path: String) throws {
    let server = try server(.answer("x"))
    let error = #expect(throws: IMDSError.self) {
      try IMDSClient.quick(server.endpoint).get(path)
    }
    #expect(error?.isTransient == false)
    #expect(server.requests.isEmpty)
  }

  @Test("what is no longer worthwhile is not asked")
  func worthless() throws {
    let server = try server(.answer("x"))
    let patience = Patience(until: .now + .seconds(9)) { false }
    #expect(throws: IMDSError.self) {
      try IMDSClient.quick(server.endpoint).get("meta-data/mac", patience: patience)
    }
    #expect(server.requests.isEmpty)
  }
}

/// Counts over threads.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  /// How many calls came before this one.
  func next() -> Int {
    lock.withLock {
      defer { count += 1 }
      return count
    }
  }
}
