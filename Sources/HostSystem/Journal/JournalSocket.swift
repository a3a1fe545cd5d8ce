// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The socket on which journald takes messages with fields.
///
/// Written here, without libsystemd: a library for one datagram would be one more package to depend on,
/// and a run that has nothing to say would load it all the same.
package struct JournalSocket: Sendable {
  private let path: String

  /// The socket at `path`; nothing is opened before there is something to send.
  package init(path: String = "/run/systemd/journal/socket") { self.path = path }

  /// Whether systemd has connected the standard error of this process with the journal, so that it is
  /// the journal which a message is meant for (systemd.exec(5), `$JOURNAL_STREAM`).
  package static var isWhereStandardErrorGoes: Bool {
    guard let stream = getenv("JOURNAL_STREAM") else { return false }
    var status = stat()
    guard fstat(STDERR_FILENO, &status) == 0 else { return false }
    return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
  }

  /// Hands a message over.
  ///
  /// Never waits for more than a moment, as libsystemd would for a journald that does not read: the
  /// network comes first.
  ///
  /// - Throws: when nobody listens or the message is too long; the caller says it otherwise.
  package func send(_ entry: JournalEntry) throws(SystemCallError) {
    let type = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw SystemCallError("open", path, errno: errno) }
    let socket = OwnedFileDescriptor(adopting: descriptor)
    var patience = timeval(tv_sec: 1, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    let datagram = entry.datagram
    try socket.withRawValue { descriptor throws(SystemCallError) in
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
      var sent = 0
      repeat {
        sent = try Self.send(datagram, on: descriptor, to: path)
      } while sent < 0 && errno == EINTR
      guard sent == datagram.count else { throw SystemCallError("write to", path, errno: errno) }
    }
  }

  private static func send(
    _ datagram: [UInt8],
    on descriptor: CInt,
    to path: String
  ) throws(SystemCallError) -> Int {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    // One byte less: the name ends with a zero.
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw SystemCallError("open", path, errno: ENAMETOOLONG)
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    return withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return sendto(descriptor, datagram, datagram.count, CInt(MSG_NOSIGNAL), $0, size)
      }
    }
  }
}
