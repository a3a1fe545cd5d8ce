// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Runs iproute2, the judge and the hand of these tests.
///
/// posix_spawn(3) and not Foundation's `Process`, whose wait never returned when a test on a pool
/// thread called it.
enum Iproute2 {
  /// Runs `ip` in an empty environment, hence in English, with these words and returns what it printed; throws what it complained.
  static func run(_ words: String) throws -> [UInt8] {
    let output = try File()
    let complaint = try File()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output.descriptor, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, complaint.descriptor, STDERR_FILENO)
    var arguments = (["ip"] + words.split(separator: " ").map(String.init)).map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    arguments.append(nil)
    var process = pid_t()
    let failure = posix_spawnp(&process, "ip", &actions, nil, arguments, nil)
    guard failure == 0 else {
      throw CommandFailure(text: "ip: \(String(cString: strerror(failure)))")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      throw CommandFailure(
        text: "ip \(words): \(String(decoding: complaint.content, as: UTF8.self))"
      )
    }
    return output.content
  }

  /// An unnamed file, into which a process can write any amount while nobody reads.
  private final class File {
    private let stream: UnsafeMutablePointer<FILE>

    init() throws {
      guard let stream = tmpfile() else { throw CommandFailure(text: "tmpfile: errno \(errno)") }
      self.stream = stream
    }

    deinit { fclose(stream) }

    var descriptor: CInt { fileno(stream) }

    var content: [UInt8] {
      let size = Int(lseek(descriptor, 0, SEEK_END))
      return [UInt8](unsafeUninitializedCapacity: max(0, size)) { buffer, count in
        count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
      }
    }
  }
}

/// Why the machine could not be prepared.
struct CommandFailure: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
