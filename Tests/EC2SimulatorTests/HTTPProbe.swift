// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel

@testable import EC2Simulator

/// A client that sees bytes: it sends what a test wrote and returns what came, unparsed.
struct HTTPProbe {
  struct Answer: Equatable {
    let status: Int?
    let head: String
    let body: String

    init(_ bytes: [UInt8]) {
      let text = String(decoding: bytes, as: UTF8.self)
      let parts = text.components(separatedBy: "\r\n\r\n")
      head = parts.first ?? ""
      body = parts.dropFirst().joined(separator: "\r\n\r\n")
      status =
        head.hasPrefix("HTTP/1.1 ")
        ? head.split(separator: " ").dropFirst().first.flatMap {
          Int($0)
        } : nil
    }
  }

  let socket: Socket

  /// Connects, or returns nil when the server refuses.
  init?(_ server: IMDSServer) {
    let domain = server.address.family == .ipv4 ? AF_INET : AF_INET6
    socket = Socket(adopting: Foundation.socket(domain, CInt(SOCK_STREAM.rawValue), 0))
    let raw = socket.rawValue
    guard
      SocketAddress(server.address, port: server.port).withPointer({ connect(raw, $0, $1) }) == 0
    else { return nil }
  }

  /// Sends a request and reads until the announced body is there, the end, or `timeout`.
  func request(
    _ method: String,
    _ path: String,
    _ headers: [String: String] = [:],
    timeout: Duration = .seconds(2)
  ) -> Answer {
    let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
    let text = "\(method) \(path) HTTP/1.1\r\nHost: imds\r\n" + lines.joined() + "\r\n"
    guard socket.send(Array(text.utf8)) else { return Answer([]) }
    var bytes: [UInt8] = []
    while socket.waitReadable(timeout: timeout) {
      let more = socket.receive()
      bytes += more
      if more.isEmpty || Self.isComplete(bytes, method) { break }
    }
    return Answer(bytes)
  }

  /// A session token, on this connection.
  func token(ttl: Int = 60) -> String {
    request(
      "PUT",
      "/latest/api/token",
      ["X-aws-ec2-metadata-token-ttl-seconds": String(ttl)]
    ).body
  }

  /// A GET below `latest/` with a fresh token.
  func read(_ path: String, timeout: Duration = .seconds(2)) -> Answer {
    request("GET", "/latest/" + path, ["X-aws-ec2-metadata-token": token()], timeout: timeout)
  }

  /// Whether the server closes within two seconds.
  var isClosedByServer: Bool {
    socket.waitReadable(timeout: .seconds(2)) && socket.receive().isEmpty
  }

  private static func isComplete(_ bytes: [UInt8], _ method: String) -> Bool {
    let answer = Answer(bytes)
    guard bytes.firstRange(of: Array("\r\n\r\n".utf8)) != nil else { return false }
    if method == "HEAD" { return true }
    if answer.head.contains("chunked") { return answer.body.hasSuffix("0\r\n\r\n") }
    let length = answer.head.components(separatedBy: "Content-Length: ").dropFirst().first
    return length.flatMap { Int($0.prefix { $0.isNumber }) } == answer.body.utf8.count
  }
}
