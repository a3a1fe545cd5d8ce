// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file descriptor with one owner, closed when the owner goes.
///
/// Every descriptor is opened with O_CLOEXEC: none leaks into a child.
struct OwnedFileDescriptor: ~Copyable {
  private let rawValue: CInt

  /// Takes over an open descriptor.
  init(adopting rawValue: CInt) {
    self.rawValue = rawValue
  }

  /// Opens `path`; repeats when a signal interrupts (open(2)).
  init(opening path: String, _ flags: CInt, mode: mode_t = 0) throws(SystemCallError) {
    var descriptor: CInt
    repeat {
      descriptor = open(path, flags | O_CLOEXEC, mode)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw SystemCallError("open", path, errno: errno) }
    rawValue = descriptor
  }

  // Nothing useful can be done about an error here; whoever writes has called fsync before.
  deinit { _ = close(rawValue) }

  /// Lends the descriptor.
  borrowing func withRawValue<Value, Failure: Error>(
    _ body: (CInt) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try body(rawValue)
  }
}
