// SPDX-License-Identifier: Apache-2.0

/// Puts an answer on a socket, faithfully or broken in one of the ways of ``Fault``.
///
/// Every method says whether the connection can carry another request.
struct ResponseWriter {
  let response: HTTPResponse
  let hasBody: Bool
  let configuration: IMDSServerConfiguration

  /// The whole answer; `extraHeaderBytes` of padding go before its own headers.
  func write(to socket: Socket, extraHeaderBytes: Int = 0) -> Bool {
    socket.send(head(length: response.body.count, padding: extraHeaderBytes))
      && socket.send(framedBody) && keepsAlive
  }

  /// The body in single bytes, `bytesPerSecond` of them.
  func writeSlowly(to socket: Socket, bytesPerSecond: Int) -> Bool {
    guard socket.send(head(length: response.body.count)) else { return false }
    let pause = Duration.seconds(1) / max(1, bytesPerSecond)
    for byte in framedBody {
      // A client that gives up closes, which makes the socket readable.
      guard !socket.waitReadable(timeout: pause), socket.send([byte]) else { return false }
    }
    return keepsAlive
  }

  /// A body that ends early: the head promised more.
  func writeCut(to socket: Socket, afterBytes count: Int) -> Bool {
    let promised = max(response.body.count, count + 1)
    _ = socket.send(head(length: promised)) && socket.send(framedBody.prefix(count))
    return false
  }

  /// A body of `bytes` bytes, all of them announced.
  func writeLong(to socket: Socket, bytes: Int) -> Bool {
    var long = self.response
    long.body = [UInt8](repeating: UInt8(ascii: "a"), count: bytes)
    return ResponseWriter(response: long, hasBody: hasBody, configuration: configuration)
      .write(to: socket)
  }

  private var keepsAlive: Bool { configuration.persistence == .keepAlive }

  private func head(length: Int, padding: Int = 0) -> [UInt8] {
    var lines = ["HTTP/1.1 \(response.status) \(HTTPResponse.reason(response.status))"]
    var missing = padding
    while missing > 0 {
      lines.append("X-Padding: " + String(repeating: "p", count: min(missing, 1000)))
      missing -= 1000
    }
    lines += ["Content-Type: text/plain", "Accept-Ranges: none", "Server: EC2ws"]
    lines += response.headers.map { "\($0.name): \($0.value)" }
    switch configuration.framing {
    case .contentLength: lines.append("Content-Length: \(length)")
    case .chunked: lines.append("Transfer-Encoding: chunked")
    }
    if !keepsAlive { lines.append("Connection: close") }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  private var framedBody: [UInt8] {
    guard hasBody else { return [] }
    guard configuration.framing == .chunked else { return response.body }
    var bytes: [UInt8] = []
    var rest = response.body[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(8)
      bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
      rest = rest.dropFirst(chunk.count)
    }
    return bytes + Array("0\r\n\r\n".utf8)
  }
}
