// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// Exchanges requests for responses over one connection, which is kept while the server keeps it.
///
/// There is no proxy code: `http_proxy` in a unit's environment has no effect. The endpoints are
/// tried in order, and the one that answered first is tried first from then on.
final class HTTPConnection {
  /// Where to connect, the preferred one first.
  private(set) var endpoints: [IMDSEndpoint]
  private let links: () throws(RequestFailure) -> AllowedLinks
  private let connectTimeout: Duration
  private var kept: KeptSocket?

  /// How many requests have been sent.
  private(set) var requestCount = 0

  /// A connection that opens with the first exchange.
  ///
  /// - Parameters:
  ///   - endpoints: Where to, in order of preference.
  ///   - links: The links to use, asked before each handshake.
  ///   - connectTimeout: The longest handshake with one endpoint.
  init(
    endpoints: [IMDSEndpoint],
    links: @escaping () throws(RequestFailure) -> AllowedLinks = { () throws(RequestFailure) in .any
    },
    connectTimeout: Duration
  ) {
    self.endpoints = endpoints
    self.links = links
    self.connectTimeout = connectTimeout
  }

  /// Sends a request and receives the whole response, in at most `limit` altogether.
  ///
  /// A kept connection that the server has closed meanwhile costs one silent attempt on a new
  /// one, which is safe: GET and the token PUT can be repeated (RFC 9112, section 9.3.1).
  func exchange(
    _ request: HTTPRequest,
    within limit: Duration
  ) throws(RequestFailure) -> HTTPResponse {
    let attempt = Attempt(limit: limit, deadline: .now + limit)
    // Bytes that nobody asked for wait on a connection that is not idle: it is not used again.
    if let kept = kept.take(), kept.socket.isIdle() {
      do {
        return try perform(request, over: kept, attempt)
      } catch .connectionLost {
        // The server closed it just then; the new connection below has what is left of the time.
      }
    }
    return try perform(request, over: try connect(attempt), attempt)
  }

  private func perform(
    _ request: HTTPRequest,
    over connection: consuming KeptSocket,
    _ attempt: Attempt
  ) throws(RequestFailure) -> HTTPResponse {
    requestCount += 1
    var parser = HTTPResponseParser()
    do throws(StreamSocket.Fault) {
      let bytes = request.bytes(host: connection.endpoint.host)
      try connection.socket.send(bytes, until: attempt.deadline)
    } catch {
      throw attempt.failure(error)
    }
    while true {
      let bytes = try receive(from: connection.socket, parser, attempt)
      let response = bytes.isEmpty ? try parser.finish() : try parser.consume(bytes)
      guard let response else { continue }
      prefer(connection.endpoint)
      if response.keepsConnection { kept = consume connection }
      return response
    }
  }

  /// The next bytes; a connection that ends before the first of them is lost, not cut short.
  private func receive(
    from socket: borrowing StreamSocket,
    _ parser: HTTPResponseParser,
    _ attempt: Attempt
  ) throws(RequestFailure) -> [UInt8] {
    do throws(StreamSocket.Fault) {
      let bytes = try socket.receive(until: attempt.deadline)
      guard !bytes.isEmpty || !parser.isUntouched else { throw .code(0) }
      return bytes
    } catch {
      let failure = attempt.failure(error)
      if case .connectionLost = failure, !parser.isUntouched { throw .incompleteAnswer }
      throw failure
    }
  }

  private func connect(_ attempt: Attempt) throws(RequestFailure) -> KeptSocket {
    var failures: [ConnectFailure] = []
    for link in try links().candidates {
      for endpoint in endpoints where failures.isEmpty || .now < attempt.deadline {
        let deadline = min(attempt.deadline, .now + connectTimeout)
        do throws(StreamSocket.Fault) {
          let socket = try StreamSocket.connect(to: endpoint, over: link, until: deadline)
          return KeptSocket(socket: socket, endpoint: endpoint)
        } catch {
          failures.append(ConnectFailure(endpoint: endpoint, link: link, code: error.code))
        }
      }
    }
    throw failures.contains(where: \.isProhibited) ? .prohibited(failures) : .unreachable(failures)
  }

  private func prefer(_ endpoint: IMDSEndpoint) {
    guard endpoint != endpoints.first else { return }
    endpoints.removeAll { $0 == endpoint }
    endpoints.insert(endpoint, at: 0)
  }
}

/// A connected socket and where it leads.
private struct KeptSocket: ~Copyable {
  let socket: StreamSocket
  let endpoint: IMDSEndpoint
}

/// The time that one exchange has.
private struct Attempt {
  let limit: Duration
  let deadline: ContinuousClock.Instant

  func failure(_ fault: StreamSocket.Fault) -> RequestFailure {
    switch fault {
    case .timedOut: .timedOut(after: limit)
    case .code(let code): .connectionLost(code: code)
    }
  }
}
