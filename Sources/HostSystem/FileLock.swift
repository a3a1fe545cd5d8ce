// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The one lock that all runs share, held from the first look at the host to the last change.
///
/// flock(2): the kernel releases it with the process, however that ends, so there is no stale lock
/// to clean up after a kill.
package struct FileLock: ~Copyable {
  private let file: OwnedFileDescriptor

  /// Takes the lock on `path`, waiting until `deadline`.
  ///
  /// - Throws: `ETIMEDOUT` when another run holds it beyond the deadline.
  package init(
    _ path: String,
    deadline: ContinuousClock.Instant
  ) throws(SystemCallError) {
    // One level is enough: /run is there, our directory below it only once somebody ran. An error
    // shows in the next line.
    if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o755) }
    let file = try OwnedFileDescriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600)
    // flock() has no timeout of its own and a signal would need a handler; others hold the lock
    // for as long as networkd needs, so looks are ever rarer.
    var pause: useconds_t = 1000
    while file.withRawValue({ flock($0, LOCK_EX | LOCK_NB) }) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw SystemCallError("lock", path, errno: errno)
      }
      guard ContinuousClock.now < deadline else {
        throw SystemCallError("lock", path, errno: ETIMEDOUT)
      }
      usleep(pause)
      pause = min(pause * 2, 50_000)
    }
    self.file = file
  }
}
