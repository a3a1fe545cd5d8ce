// SPDX-License-Identifier: Apache-2.0

import Foundation
import IMDS
import NetworkModel
import Testing

/// A TCP server on a loopback address that does byte for byte what a test says.
///
/// `EC2Simulator.IMDSServer` speaks IMDS; this one is for answers that no HTTP server would give.
final class ScriptedServer: @unchecked Sendable {
  enum Action: Sendable {
    case send(String)
    case sendBytes([UInt8])
    case pause(milliseconds: UInt32)
    case close
    case reset
  }

  struct Request: Sendable {
    let connection: Int
    let text: String
    var line: String { text.components(separatedBy: "\r\n")[0] }
    var path: String { line.components(separatedBy: " ")[1] }
    var isToken: Bool { line.hasPrefix("PUT /latest/api/token ") }
    func field(_ name: String) -> String? {
      let start = name.lowercased() + ": "
      return text.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(start) }
        .map { String($0.dropFirst(start.count)) }
    }
  }

  typealias Script = @Sendable (_ request: Request, _ number: Int) -> [Action]

  let endpoint: IMDSEndpoint
  private let listener: CInt
  private let script: Script
  private let lock = NSLock()
  private var log: [Request] = []
  private var connections = 0

  /// Starts to serve; `script` answers each request, counted from 0 over all connections.
  init(_ family: AddressFamily = .ipv4, port: UInt16 = 0, script: @escaping Script) throws {
    let (listener, endpoint) = try Loopback.listen(family, port: port)
    self.listener = listener
    self.endpoint = endpoint
    self.script = script
    Thread.detachNewThread { [weak self] in
      defer { close(listener) }
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0, let self else { return }
        let number = lock.withLock {
          connections += 1
          return connections
        }
        Thread.detachNewThread { self.serve(connection, number) }
      }
    }
  }

  deinit { stop() }

  /// Accepts no more connections.
  func stop() { shutdown(listener, CInt(SHUT_RDWR)) }

  var requests: [Request] { lock.withLock { log } }
  var connectionCount: Int { lock.withLock { connections } }

  private func serve(_ connection: CInt, _ number: Int) {
    defer { close(connection) }
    var buffer: [UInt8] = []
    while true {
      while let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
        let text = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        buffer.removeSubrange(..<end.upperBound)
        let request = Request(connection: number, text: text)
        let index = lock.withLock {
          log.append(request)
          return log.count - 1
        }
        for action in script(request, index) {
          guard perform(action, connection) else { return }
        }
      }
      var part = [UInt8](repeating: 0, count: 4096)
      let count = recv(connection, &part, part.count, 0)
      guard count > 0 else { return }
      buffer += part.prefix(count)
    }
  }

  private func perform(_ action: Action, _ connection: CInt) -> Bool {
    switch action {
    case .send(let text): return send(Array(text.utf8), connection)
    case .sendBytes(let bytes): return send(bytes, connection)
    case .pause(let milliseconds): usleep(milliseconds * 1000)
    case .close: return false
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection,
        SOL_SOCKET,
        SO_LINGER,
        &linger,
        socklen_t(MemoryLayout.size(ofValue: linger))
      )
      return false
    }
    return true
  }

  private func send(_ bytes: [UInt8], _ connection: CInt) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

extension [ScriptedServer.Action] {
  /// An ordinary answer.
  static func answer(_ body: String, status: String = "200 OK", fields: String = "") -> Self {
    [
      .send(
        "HTTP/1.1 \(status)\r\nContent-Type: text/plain\r\n\(fields)"
          + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
      )
    ]
  }

  static var token: Self { answer("TOKEN-SECRET==") }
}

/// Listening sockets on loopback addresses.
enum Loopback {
  struct Failure: Error { let code: CInt }

  /// A socket that listens, and where.
  static func listen(
    _ family: AddressFamily,
    port: UInt16 = 0
  ) throws -> (CInt, IMDSEndpoint) {
    let (descriptor, endpoint) = try bind(family, port: port)
    guard Glibc.listen(descriptor, 64) == 0 else { throw Failure(code: errno) }
    return (descriptor, endpoint)
  }

  /// A socket that has a port and refuses connections.
  static func bind(
    _ family: AddressFamily,
    port: UInt16 = 0
  ) throws -> (CInt, IMDSEndpoint) {
    let domain = family == .ipv4 ? AF_INET : AF_INET6
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(domain, type, 0)
    var yes: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    let bound: UInt16?
    if family == .ipv4 {
      var form = sockaddr_in()
      form.sin_family = sa_family_t(domain)
      form.sin_port = port.bigEndian
      form.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      bound = bind(descriptor, &form)?.sin_port.bigEndian
    } else {
      var form = sockaddr_in6()
      form.sin6_family = sa_family_t(domain)
      form.sin6_port = port.bigEndian
      form.sin6_addr = in6addr_loopback
      bound = bind(descriptor, &form)?.sin6_port.bigEndian
    }
    let host = family == .ipv4 ? "127.0.0.1" : "[::1]"
    guard let bound, let endpoint = IMDSEndpoint(loopback: "\(host):\(bound)") else {
      throw Failure(code: errno)
    }
    return (descriptor, endpoint)
  }

  private static func bind<Form>(_ descriptor: CInt, _ form: inout Form) -> Form? {
    var size = socklen_t(MemoryLayout<Form>.size)
    return withUnsafeMutableBytes(of: &form) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        Glibc.bind(descriptor, $0.baseAddress, size) == 0
          && getsockname(descriptor, $0.baseAddress, &size) == 0
      }
    } ? form : nil
  }
}
