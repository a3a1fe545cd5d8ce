// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The host's end of a Unix socket that QEMU listens on, read by line or by length.
///
/// What has been read and not been taken stays buffered, so a read that times out loses nothing.
final class DeviceSocket {
  private let path: String
  private let socket: Socket
  private var buffer: [UInt8] = []

  /// Connects to `path`, once.
  init(path: String) throws {
    self.path = path
    socket = try Self.connected(to: path)
  }

  private static func connected(to path: String) throws -> Socket {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { space in
      guard bytes.count < space.count else { return false }
      space.copyBytes(from: bytes)
      return true
    }
    guard fits else { throw VirtualMachineError.socketPathTooLong(path: path) }
    let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let descriptor = Foundation.socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw SystemCallError("socket", on: path, code: errno) }
    let result = Socket(adopting: descriptor)
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
    }
    guard status == 0 else { throw SystemCallError("connect", on: path, code: errno) }
    return result
  }

  /// Sends all of `text`.
  func send(_ text: String) throws {
    guard socket.send(Array(text.utf8)) else {
      throw VirtualMachineError.disconnected(path: path)
    }
  }

  /// The next line, without its end, and `count(line)` bytes after it; nil when they are not all
  /// there by `deadline`, and then nothing is taken.
  func message(
    by deadline: ContinuousClock.Instant,
    trailing count: (String) -> Int = { _ in 0 }
  ) throws -> (line: String, payload: [UInt8])? {
    var needed = 1
    while true {
      if buffer.count >= needed, let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        needed = end + 1 + count(line)
        if buffer.count >= needed {
          let payload = Array(buffer[(end + 1)..<needed])
          buffer.removeFirst(needed)
          return (line, payload)
        }
      }
      guard try fill(by: deadline) else { return nil }
    }
  }

  /// Reads what has come; false when nothing did by `deadline`.
  private func fill(by deadline: ContinuousClock.Instant) throws -> Bool {
    let left = max(.zero, deadline - ContinuousClock.now)
    guard socket.waitReadable(timeout: left) else { return false }
    let bytes = socket.receive()
    guard !bytes.isEmpty else { throw VirtualMachineError.disconnected(path: path) }
    buffer += bytes
    return true
  }
}
