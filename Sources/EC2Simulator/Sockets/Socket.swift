// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel

/// A socket that closes with its last owner; threads may share it.
final class Socket: Sendable {
  let rawValue: CInt

  init(adopting rawValue: CInt) {
    self.rawValue = rawValue
  }

  deinit {
    close(rawValue)
  }

  /// A TCP listener on `address` and `port`; port 0 lets the kernel choose.
  static func listener(on address: IPAddress, port: UInt16) throws(SystemCallError) -> Socket {
    let subject = "\(address) port \(port)"
    let domain = address.family == .ipv4 ? AF_INET : AF_INET6
    let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(domain, type, 0)
    guard descriptor >= 0 else { throw SystemCallError("socket", on: subject, code: errno) }
    let result = Socket(adopting: descriptor)
    result.set(SO_REUSEADDR, 1)
    guard SocketAddress(address, port: port).withPointer({ bind(descriptor, $0, $1) }) == 0 else {
      throw SystemCallError("bind", on: subject, code: errno)
    }
    guard listen(descriptor, 64) == 0 else {
      throw SystemCallError("listen", on: subject, code: errno)
    }
    return result
  }

  /// The port the socket is bound to.
  var port: UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      getsockname(rawValue, base.assumingMemoryBound(to: sockaddr.self), &length)
      // The port has the same place in sockaddr_in and sockaddr_in6, in network byte order.
      return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }
  }

  /// Sets an integer option of the socket level; an option that cannot be set keeps its default.
  func set(_ option: CInt, _ value: CInt) {
    var value = value
    setsockopt(rawValue, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<CInt>.size))
  }

  /// Accepts one connection, or nil when there is none any more.
  func accepted() -> Socket? {
    let descriptor = accept(rawValue, nil, nil)
    guard descriptor >= 0 else { return nil }
    // accept4(2), which would do both in one step, is not imported into Swift.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    // Head and body are two writes; without this the second waits for the first one's ACK, which
    // the client's kernel delays by 40 ms (tcp(7), TCP_NODELAY).
    var enabled: CInt = 1
    setsockopt(
      descriptor,
      CInt(IPPROTO_TCP),
      TCP_NODELAY,
      &enabled,
      socklen_t(MemoryLayout<CInt>.size)
    )
    return Socket(adopting: descriptor)
  }

  /// Waits until there is something to read or the peer is gone; false when `timeout` passed.
  func waitReadable(timeout: Duration? = nil) -> Bool {
    var entry = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, timeout.map { CInt(clamping: $0.milliseconds) } ?? -1) > 0
  }

  /// Sends all of `bytes`; false when the peer is gone.
  func send(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(rawValue, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// At most 64 KiB of what has come; empty at the end of the stream or on an error.
  func receive() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = buffer.withUnsafeMutableBytes { recv(rawValue, $0.baseAddress, $0.count, 0) }
    return count > 0 ? Array(buffer[..<count]) : []
  }

  /// Ends both directions, which wakes every thread that waits on it.
  func shutDown() {
    shutdown(rawValue, CInt(SHUT_RDWR))
  }

  /// Makes the close that follows a reset (RST) instead of an orderly end.
  func resetOnClose() {
    var value = linger(l_onoff: 1, l_linger: 0)
    setsockopt(rawValue, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
  }
}
