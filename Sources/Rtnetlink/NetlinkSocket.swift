// SPDX-License-Identifier: Apache-2.0

import CNetlink
import Glibc

/// One NETLINK_ROUTE socket, closed when its owner goes.
///
/// The port is left to the kernel (nl_pid 0): with the process id, as many examples have it, a
/// second socket of the process could not be bound.
struct NetlinkSocket: ~Copyable {
  /// What a receive gave.
  enum Received {
    /// A datagram from the kernel.
    case datagram([UInt8])
    /// A datagram that another process sent, which any may: only port 0 is the kernel.
    case foreign
    /// Nothing within the socket's timeout, or nothing at all in a non-blocking receive.
    case nothing
    /// The kernel had more to say than the socket's buffer holds, and dropped some (ENOBUFS).
    case lost
  }

  private let descriptor: CInt
  // What the kernel fills a dump's datagrams up to, given a reader that has the room.
  private var buffer = [UInt8](repeating: 0, count: 32 * 1024)

  /// A socket that waits at most `timeout` for a datagram.
  init(timeout: Duration) throws(RtnetlinkError) {
    let type = CInt(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue)
    descriptor = Glibc.socket(AF_NETLINK, type, NETLINK_ROUTE)
    guard descriptor >= 0 else { throw .socket(call: "socket(AF_NETLINK)", code: errno) }
    // Explanations in words, and dumps that refuse what they do not understand. Kernels before
    // 4.12 and 4.20 know neither and answer all the same.
    enable(NETLINK_EXT_ACK)
    enable(NETLINK_GET_STRICT_CHK)
    let parts = timeout.components
    var time = timeval(
      tv_sec: Int(parts.seconds),
      tv_usec: Int(parts.attoseconds / 1_000_000_000_000)
    )
    let size = socklen_t(MemoryLayout<timeval>.size)
    guard setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size) == 0 else {
      throw .socket(call: "setsockopt(SO_RCVTIMEO)", code: errno)
    }
    var own = Self.kernelAddress
    try Self.withAddress(&own) { (address, length) throws(RtnetlinkError) in
      guard bind(descriptor, address, length) == 0 else {
        throw .socket(call: "bind(AF_NETLINK)", code: errno)
      }
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Subscribes to the notifications of a multicast group.
  func join(_ group: Int32) throws(RtnetlinkError) {
    var group = group
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard setsockopt(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, size) == 0 else {
      throw .socket(call: "setsockopt(NETLINK_ADD_MEMBERSHIP)", code: errno)
    }
  }

  /// Sends one datagram to the kernel, which an unconnected netlink socket's peer is.
  func send(_ datagram: [UInt8]) throws(RtnetlinkError) {
    while Glibc.send(descriptor, datagram, datagram.count, 0) < 0 {
      guard errno == EINTR else { throw .socket(call: "send", code: errno) }
    }
  }

  /// Waits until something can be received; false when nothing came in time.
  func waitUntilReadable(_ deadline: Deadline) throws(RtnetlinkError) -> Bool {
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let parts = deadline.remaining.components
      // Rounded up: a wait of half a millisecond must not become a busy loop.
      let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000 + 1
      let ready = poll(&entry, 1, Int32(clamping: milliseconds))
      if ready > 0 { return true }
      if ready == 0, deadline.hasPassed { return false }
      guard ready == 0 || errno == EINTR else { throw .socket(call: "poll", code: errno) }
    }
  }

  /// Receives the next datagram whole.
  mutating func receive(waiting: Bool = true) throws(RtnetlinkError) -> Received {
    let flags = waiting ? 0 : CInt(MSG_DONTWAIT)
    while true {
      var sender = Self.kernelAddress
      // The size first: MSG_TRUNC tells the datagram's, not the copied part's.
      let peek = flags | CInt(MSG_PEEK | MSG_TRUNC)
      var outcome = receive(&sender, peek)
      if case .success(let size) = outcome {
        if size > buffer.count { buffer = [UInt8](repeating: 0, count: size) }
        outcome = receive(&sender, flags | CInt(MSG_TRUNC))
      }
      let count: Int
      switch outcome {
      case .success(let size): count = size
      case .failure(let failure):
        switch failure.code {
        case EINTR: continue
        case EAGAIN: return .nothing
        case ENOBUFS: return .lost
        default: throw .socket(call: "recvfrom", code: failure.code)
        }
      }
      guard count <= buffer.count else { return .lost }
      guard sender.nl_pid == 0 else { return .foreign }
      return .datagram(Array(buffer.prefix(count)))
    }
  }

  private mutating func receive(
    _ sender: inout sockaddr_nl,
    _ flags: CInt
  ) -> Result<Int, KernelRefusal> {
    Self.withAddress(&sender) { address, length in
      var length = length
      let count = recvfrom(descriptor, &buffer, buffer.count, flags, address, &length)
      return count < 0 ? .failure(KernelRefusal(code: errno)) : .success(count)
    }
  }

  private func enable(_ option: CInt) {
    var one: CInt = 1
    _ = setsockopt(descriptor, SOL_NETLINK, option, &one, socklen_t(MemoryLayout<CInt>.size))
  }

  private static var kernelAddress: sockaddr_nl {
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    return address
  }

  private static func withAddress<Value, Failure: Error>(
    _ address: inout sockaddr_nl,
    _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try withUnsafeMutablePointer(to: &address) { (pointer) throws(Failure) in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { (pointer) throws(Failure) in
        try body(pointer, socklen_t(MemoryLayout<sockaddr_nl>.size))
      }
    }
  }
}
