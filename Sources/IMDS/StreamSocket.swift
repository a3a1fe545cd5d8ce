// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel

/// A connected TCP socket that gives up at a deadline; closed when it goes out of scope.
///
/// Every call blocks in poll(2) and no longer than its deadline, survives signals (EINTR), and
/// raises none (MSG_NOSIGNAL).
struct StreamSocket: ~Copyable {
  /// What a socket call can fail with.
  enum Fault: Error {
    /// The deadline passed.
    case timedOut
    /// The call failed with this errno(3) value.
    case code(CInt)

    /// The errno(3) value; ETIMEDOUT when the deadline passed.
    var code: CInt {
      switch self {
      case .timedOut: ETIMEDOUT
      case .code(let code): code
      }
    }
  }

  private let descriptor: CInt

  private init(adopting descriptor: CInt) {
    self.descriptor = descriptor
  }

  deinit {
    // Nothing is lost when closing fails: both directions are done with.
    _ = close(descriptor)
  }

  /// Opens a connection.
  ///
  /// - Parameters:
  ///   - endpoint: Where to.
  ///   - interface: The only link to use (SO_BINDTODEVICE, socket(7)); nil leaves it to routing.
  ///   - deadline: When to give up.
  /// - Returns: The connected socket.
  /// - Throws: ``Fault/timedOut``, or what socket(2) and connect(2) failed with.
  static func connect(
    to endpoint: IMDSEndpoint,
    over interface: InterfaceName?,
    until deadline: ContinuousClock.Instant
  ) throws(Fault) -> StreamSocket {
    let family = endpoint.address.family == .ipv4 ? AF_INET : AF_INET6
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = Glibc.socket(family, type, 0)
    guard descriptor >= 0 else { throw .code(errno) }
    let socket = StreamSocket(adopting: descriptor)
    if let interface { try socket.bind(to: interface) }
    let code = SocketAddress.connect(descriptor, to: endpoint)
    switch code {
    case 0: break
    case EINPROGRESS, EINTR:
      // Either way the handshake goes on by itself (connect(2)).
      try socket.wait(for: POLLOUT, until: deadline)
      try socket.takePendingError()
    default: throw .code(code)
    }
    return socket
  }

  /// Sends all bytes.
  borrowing func send(
    _ bytes: [UInt8],
    until deadline: ContinuousClock.Instant
  ) throws(Fault) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else {
        try waitUnlessFailed(errno, for: POLLOUT, until: deadline)
      }
    }
  }

  /// Receives what is there, waiting for at least one byte; empty at the end of the stream.
  borrowing func receive(until deadline: ContinuousClock.Instant) throws(Fault) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count >= 0 { return Array(buffer.prefix(count)) }
      try waitUnlessFailed(errno, for: POLLIN, until: deadline)
    }
  }

  /// Whether the connection is open and silent, as it must be between two exchanges.
  borrowing func isIdle() -> Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, CInt(MSG_PEEK))
    return count < 0 && (errno == EAGAIN || errno == EINTR)
  }

  /// Blocks for the duration.
  static func pause(_ duration: Duration) {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {
      _ = poll(nil, 0, milliseconds(until: end))
    }
  }

  private borrowing func bind(to interface: InterfaceName) throws(Fault) {
    let name = Array(interface.text.utf8)
    let result = setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_BINDTODEVICE,
      name,
      socklen_t(name.count)
    )
    // A kernel before 5.7 asks CAP_NET_RAW for this, which no unit of ours has: there routing decides.
    guard result == 0 || errno == EPERM else { throw .code(errno) }
  }

  private borrowing func takePendingError() throws(Fault) {
    var code: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
      throw .code(errno)
    }
    guard code == 0 else { throw .code(code) }
  }

  private borrowing func waitUnlessFailed(
    _ code: CInt,
    for events: CInt,
    until deadline: ContinuousClock.Instant
  ) throws(Fault) {
    switch code {
    case EINTR: break
    case EAGAIN: try wait(for: events, until: deadline)
    default: throw .code(code)
    }
  }

  private borrowing func wait(
    for events: CInt,
    until deadline: ContinuousClock.Instant
  ) throws(Fault) {
    while ContinuousClock.now < deadline {
      var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = poll(&request, 1, Self.milliseconds(until: deadline))
      // Errors and hang-ups count as ready too: the call that follows tells which it is.
      if count > 0 { return }
      if count < 0, errno != EINTR { throw .code(errno) }
    }
    throw .timedOut
  }

  /// The time left for poll(2), rounded up, so that a wait never spins through its last millisecond.
  private static func milliseconds(until deadline: ContinuousClock.Instant) -> CInt {
    let left = ContinuousClock.now.duration(to: deadline) / Duration.milliseconds(1)
    return CInt(min(max(left.rounded(.up), 0), 60_000))
  }
}
