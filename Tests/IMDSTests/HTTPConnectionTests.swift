// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel
import Testing

@testable import IMDS

@Suite("IMDS connection")
struct HTTPConnectionTests {
  private static let echo: ScriptedServer.Script = { request, _ in
    request.isToken ? .token : .answer("x")
  }

  @Test("a kept connection that the server closed meanwhile costs no failed attempt")
  func stale() throws {
    let server = try ScriptedServer { request, _ in
      request.isToken ? .token : .answer("x") + [.close]
    }
    let client = IMDSClient.quick(server.endpoint) { error, _ in Issue.record(error) }
    for _ in 0..<5 { #expect(try client.get("meta-data/mac") == .present("x")) }
    #expect(server.connectionCount == 5)
    #expect(server.requests.count == 6)
  }

  @Test("a kept connection that breaks under the request is replaced once")
  func staleUnderRequest() throws {
    let server = try ScriptedServer { request, number in
      // The first GET dies after it was received, on the connection that the token came over.
      request.isToken ? .token : number == 1 ? [.reset] : .answer("x")
    }
    let client = IMDSClient.quick(server.endpoint) { error, _ in Issue.record(error) }
    #expect(try client.get("meta-data/mac") == .present("x"))
    #expect(server.requests.map(\.connection) == [1, 1, 2])
    #expect(client.requestCount == 3)
  }

  @Test("bytes that nobody asked for end a kept connection and are not taken for an answer")
  func unsolicited() throws {
    let forged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    let server = try ScriptedServer { request, number in
      if request.isToken { return .token }
      return number == 1
        ? .answer("x") + [.pause(milliseconds: 30), .send(forged)] : .answer("y")
    }
    let client = IMDSClient.quick(server.endpoint)
    #expect(try client.get("meta-data/mac") == .present("x"))
    usleep(150_000)
    #expect(try client.get("meta-data/mac") == .present("y"))
    #expect(server.connectionCount == 2)
  }

  @Test("when IPv4 refuses, IPv6 answers, and is asked first from then on")
  func fallback() throws {
    let (refusing, dead) = try Loopback.bind(.ipv4)
    defer { close(refusing) }
    let alive = try ScriptedServer(.ipv6, script: Self.echo)
    let connection = HTTPConnection(
      endpoints: [dead, alive.endpoint],
      connectTimeout: .seconds(1)
    )
    let request = HTTPRequest(
      method: .putToken(lifetime: 1),
      path: "/latest/api/token",
      userAgent: "x"
    )
    #expect(try connection.exchange(request, within: .seconds(2)).status == 200)
    #expect(connection.endpoints == [alive.endpoint, dead])
    #expect(alive.requests.first?.field("Host") == alive.endpoint.description)
  }

  @Test("when IPv4 swallows the handshake, IPv6 answers after the connect limit")
  func swallowedHandshake() throws {
    // A listener whose queue is full drops further handshakes, as a link-local limiter does.
    let (listener, mute) = try Loopback.bind(.ipv4)
    #expect(listen(listener, 0) == 0)
    defer { close(listener) }
    var fillers: [StreamSocket.Boxed] = []
    for _ in 0..<4 { fillers.append(StreamSocket.Boxed(to: mute)) }
    let alive = try ScriptedServer(.ipv6, script: Self.echo)
    var policy = RetryPolicy.quick
    policy.connectTimeout = .milliseconds(100)
    policy.requestTimeout = .seconds(2)
    let client = IMDSClient.quick(mute, alive.endpoint, policy: policy) { error, _ in
      Issue.record(error)
    }
    #expect(try client.get("meta-data/mac") == .present("x"))
    withExtendedLifetime(fillers) {}
  }

  @Test("a service that refuses at first and comes up later is found")
  func comesUpLater() throws {
    let (reserved, endpoint) = try Loopback.bind(.ipv4)
    defer { close(reserved) }
    var policy = RetryPolicy.quick
    policy.maximumDelay = .milliseconds(50)
    var failures = 0
    let client = IMDSClient.quick(endpoint, policy: policy) { error, _ in
      failures += 1
      #expect(error.description.contains("Connection refused"))
      if failures == 3 { listenAndServe(reserved) }
    }
    #expect(try client.get("meta-data/mac") == .absent)
    #expect(failures == 3)
  }

  @Test("proxy variables have no effect")
  func proxies() throws {
    let proxy = try ScriptedServer { _, _ in .answer("from the proxy") }
    let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"]
    for name in names { setenv(name, "http://\(proxy.endpoint)", 1) }
    defer { for name in names { unsetenv(name) } }
    let server = try ScriptedServer(script: Self.echo)
    #expect(try IMDSClient.quick(server.endpoint).get("meta-data/mac") == .present("x"))
    #expect(proxy.connectionCount == 0)
  }

  @Test("a connection can be bound to a link, and the bind is real")
  func boundToLink() throws {
    let server = try ScriptedServer(script: Self.echo)
    let connect = { (names: String...) throws in
      let connection = HTTPConnection(
        endpoints: [server.endpoint],
        links: { () throws(RequestFailure) in .only(names.compactMap { InterfaceName($0) }) },
        connectTimeout: .seconds(1)
      )
      let request = HTTPRequest(
        method: .putToken(lifetime: 1),
        path: "/latest/api/token",
        userAgent: "x"
      )
      return try connection.exchange(request, within: .seconds(2)).status
    }
    #expect(try connect("lo") == 200)
    #expect(try connect("nosuchlink", "lo") == 200, "the next one is tried")
    let failure = ConnectFailure(
      endpoint: server.endpoint,
      link: InterfaceName("nosuchlink"),
      code: ENODEV
    )
    #expect(throws: RequestFailure.unreachable([failure])) { try connect("nosuchlink") }
    #expect(throws: RequestFailure.unreachable([])) { try connect() }
  }

  @Test("a prohibited route is named", .enabled(if: geteuid() == 0, "needs a network namespace"))
  func prohibitedRoute() throws {
    // Namespaces belong to threads, so this one gets its own and dies with it.
    let done = DispatchSemaphore(value: 0)
    let result = ErrorBox()
    Thread.detachNewThread {
      defer { done.signal() }
      guard enterNewNetworkNamespace(),
        system("ip link set lo up && ip route add prohibit 169.254.169.254") == 0
      else { return }
      result.record { () throws(IMDSError) in
        try IMDSClient(version: "1", endpoints: [.ipv4]).get("meta-data/mac")
      }
    }
    done.wait()
    let error = try #require(result.error)
    let failure = RequestFailure.prohibited([ConnectFailure(endpoint: .ipv4, code: EACCES)])
    #expect(error == .failed(path: "/latest/api/token", failure, attempts: 1))
    #expect(!error.isTransient)
    #expect(error.description.contains("systemd-imdsd"))
  }
}

/// Makes a reserved port listen, and answers one connection: a token, then 404s.
private func listenAndServe(_ descriptor: CInt) {
  listen(descriptor, 8)
  Thread.detachNewThread {
    let connection = accept(descriptor, nil, nil)
    var part = [UInt8](repeating: 0, count: 4096)
    for answer in ["200 OK\r\nContent-Length: 1\r\n\r\nT", "404 No\r\nContent-Length: 0\r\n\r\n"] {
      recv(connection, &part, part.count, 0)
      let bytes = Array("HTTP/1.1 \(answer)".utf8)
      send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }
    close(connection)
  }
}

/// Calls unshare(2) with CLONE_NEWNET for this thread; Glibc's module does not show either.
private func enterNewNetworkNamespace() -> Bool {
  typealias Unshare = @convention(c) (CInt) -> CInt
  guard let symbol = dlsym(nil, "unshare") else { return false }
  return unsafeBitCast(symbol, to: Unshare.self)(0x4000_0000) == 0
}

/// Carries an error out of a thread.
private final class ErrorBox: @unchecked Sendable {
  private(set) var error: IMDSError?

  func record(_ body: () throws(IMDSError) -> Lookup<String>) {
    do throws(IMDSError) {
      _ = try body()
    } catch {
      self.error = error
    }
  }
}

extension StreamSocket {
  /// Keeps a connection attempt open, answered or not.
  fileprivate final class Boxed {
    private let socket: StreamSocket?

    init(to endpoint: IMDSEndpoint) {
      socket = try? StreamSocket.connect(to: endpoint, over: nil, until: .now + .milliseconds(50))
    }
  }
}
