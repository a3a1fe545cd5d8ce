// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One client connection, served by a thread of its own until either side ends it.
///
/// The server speaks to sockets itself because the faults it plays lie below HTTP: an HTTP library
/// would not let it cut a body, stall between two bytes or reset a connection.
struct IMDSConnection {
  let number: Int
  let socket: Socket
  let server: IMDSServer

  /// Serves requests until the end of the connection.
  func serve() {
    var received: [UInt8] = []
    while let (request, length) = nextRequest(&received) {
      received.removeFirst(length)
      guard answer(request), !request.wantsClose else { return }
    }
  }

  private func nextRequest(_ received: inout [UInt8]) -> (HTTPRequest, length: Int)? {
    while received.count < 65_536 {
      if let head = received.firstRange(of: Array("\r\n\r\n".utf8)) {
        guard let request = HTTPRequest(head: received[..<head.lowerBound]) else { return nil }
        let length = head.upperBound + max(0, request.contentLength)
        if received.count >= length { return (request, length) }
      }
      let bytes = socket.receive()
      guard !bytes.isEmpty else { return nil }
      received += bytes
    }
    return nil
  }

  /// Answers, and says whether the connection goes on.
  private func answer(_ request: HTTPRequest) -> Bool {
    let (outcome, configuration) = server.outcome(of: request, connection: number)
    let writer = ResponseWriter(
      response: outcome.response,
      hasBody: request.method != "HEAD",
      configuration: configuration
    )
    switch outcome.fault {
    case .hang:
      // Readable means: the client gave up, or the server stops.
      while socket.waitReadable(), !socket.receive().isEmpty {}
      return false
    case .reset:
      socket.resetOnClose()
      return false
    case .garbage:
      _ = socket.send([0, 0xff, 0x16, 0x03, 0x01] + Array("NOT HTTP\r\n\r\n".utf8))
      return false
    case .delay(let time):
      guard !socket.waitReadable(timeout: time) else { return false }
      return writer.write(to: socket)
    case .slowBody(let rate):
      return writer.writeSlowly(to: socket, bytesPerSecond: rate)
    case .cutBody(let count):
      return writer.writeCut(to: socket, afterBytes: count)
    case .longBody(let count):
      return writer.writeLong(to: socket, bytes: count)
    case .oversizeHeaders(let count):
      return writer.write(to: socket, extraHeaderBytes: count)
    case nil, .status, .body:
      return writer.write(to: socket)
    }
  }
}
