// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Pipes to and from a child process.
enum Pipe {
  /// A new pipe; a pair of sockets, because Foundation shows no pipe2(2), and without its flag
  /// a child that another thread spawns at this moment would keep the ends open.
  static func ends() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw CocoaError(.fileReadUnknown) }
    return (ends[0], ends[1])
  }

  /// Writes `input` and reads all `sources`, all at once, or a child that fills one pipe would wait
  /// for ever; closes them all at their ends, or at `deadline`.
  ///
  /// - Returns: what was read, and whether every source came to its end.
  static func exchange(
    _ input: [UInt8],
    into target: Int32,
    from sources: [Int32],
    by deadline: ContinuousClock.Instant
  ) -> (said: [[UInt8]], isWhole: Bool) {
    var said = [[UInt8]](repeating: [], count: sources.count)
    var rest = input[...]
    var polled = sources.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    polled.append(pollfd(fd: target, events: Int16(POLLOUT), revents: 0))
    // A child that does not read its input must not end us.
    signal(SIGPIPE, SIG_IGN)
    _ = fcntl(target, F_SETFL, O_NONBLOCK)
    let last = polled.count - 1
    while polled.contains(where: { $0.fd >= 0 }) {
      if rest.isEmpty, polled[last].fd >= 0 { finish(&polled[last]) }
      let left = deadline - .now
      guard left > .zero else {
        for index in polled.indices where polled[index].fd >= 0 { finish(&polled[index]) }
        return (said, false)
      }
      // What an interrupted call leaves in revents is the turn's before.
      guard poll(&polled, nfds_t(polled.count), CInt(clamping: left.milliseconds + 1)) > 0
      else { continue }
      for (index, entry) in polled.enumerated() where entry.fd >= 0 && entry.revents != 0 {
        if index == last {
          let count = rest.withUnsafeBytes { write(entry.fd, $0.baseAddress, $0.count) }
          if count > 0 { rest = rest.dropFirst(count) } else { rest = [] }
        } else if !read(entry.fd, &said[index]) {
          finish(&polled[index])
        }
      }
    }
    return (said, true)
  }

  private static func finish(_ entry: inout pollfd) {
    close(entry.fd)
    entry.fd = -1
  }

  private static func read(_ descriptor: Int32, _ content: inout [UInt8]) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = Foundation.read(descriptor, &chunk, chunk.count)
    if count < 0 { return errno == EINTR }
    content += chunk[..<count]
    return count > 0
  }
}
