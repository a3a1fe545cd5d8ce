// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import IMDS

@Suite("The session token stays secret")
struct SecrecyTests {
  private static let secret = "AQAEAHNlY3JldA=="

  private func printed(_ value: some Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    return [String(describing: value), String(reflecting: value), "\(value)", dumped]
  }

  @Test("no way of printing the token, or what holds it, shows it")
  func printing() throws {
    let token = try #require(SessionToken(Array(Self.secret.utf8)))
    let request = HTTPRequest(method: .get(token), path: "/x", userAgent: "x")
    let texts = printed(token) + printed([token]) + printed(request) + printed(Optional(token))
    for text in texts { #expect(!text.contains(Self.secret)) }
    #expect("\(token)" == "<IMDS session token>")
  }

  @Test("a client that holds a token does not print it, nor do its errors")
  func clientAndErrors() throws {
    let secret = Self.secret
    let statuses = ["401 No", "403 No", "404 No", "418 No", "503 No"]
    for status in statuses {
      let server = try ScriptedServer { request, _ in
        request.isToken ? .answer(secret) : .answer(secret, status: status)
      }
      var texts: [String] = []
      var policy = RetryPolicy.quick
      policy.connectTimeout = .milliseconds(10)
      policy.overallTimeout = .milliseconds(200)
      let client = IMDSClient.quick(server.endpoint, policy: policy) { error, _ in
        texts += ["\(error)", String(reflecting: error)]
      }
      do throws(IMDSError) {
        _ = try client.get("meta-data/mac")
      } catch {
        texts += printed(error)
      }
      texts += printed(client)
      for text in texts { #expect(!text.contains(secret)) }
    }
  }

  @Test(
    "what could not stand in a header field is no token",
    arguments: ["", "a b", "a\r\nX: y", "a\n", "\u{0}", "ä", String(repeating: "a", count: 1025)]
  )
  func invalid(_ text: String) throws {
    #expect(SessionToken(Array(text.utf8)) == nil)
    let server = try ScriptedServer { _, _ in .answer(text) }
    let error = #expect(throws: IMDSError.self) {
      try IMDSClient.quick(server.endpoint).get("meta-data/mac")
    }
    let failure = RequestFailure.invalidAnswer("not a session token")
    #expect(error == .failed(path: "/latest/api/token", failure, attempts: 1))
  }
}
