// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A program of the host, run without a shell.
package struct Command: Hashable, Sendable {
  /// The program's absolute path.
  package let program: String
  /// Its arguments, without the program's own name.
  package let arguments: [String]

  /// The program at `program` with these arguments.
  package init(_ program: String, _ arguments: [String]) {
    self.program = program
    self.arguments = arguments
  }

  /// Runs the program to its end.
  ///
  /// Its output goes where ours goes; its locale is C.
  ///
  /// - Throws: ``CommandError`` when it cannot be started or does not end with status 0.
  package func run() throws(CommandError) {
    try wait(for: try spawn(nil))
  }

  /// Runs the program to its end and gives `body` each line that it prints, without the line break, when
  /// it comes; its errors go where ours go.
  ///
  /// - Throws: ``CommandError`` as ``run()`` does, and when it prints more than `limit` bytes.
  package func forEachLine(
    limit: Int,
    _ body: ([UInt8]) -> Void
  ) throws(CommandError) {
    var ends: [CInt] = [0, 0]
    // Not a pipe: pipe2(2) cannot be seen from here, and another child that had the end to write to
    // would keep the reading from its end.
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw .notStarted(self, errno: errno)
    }
    let output = OwnedFileDescriptor(adopting: ends[0])
    let process = try start(writingTo: OwnedFileDescriptor(adopting: ends[1]))
    guard Self.lines(of: output, limit: limit, body) else {
      // It would wait for ever for somebody to read the rest; any other signal may be blocked in it.
      kill(process, SIGKILL)
      try? wait(for: process)
      throw .tooMuchOutput(self, limit: limit)
    }
    try wait(for: process)
  }

  /// Starts the program; our copy of where it writes is closed, so that reading ends with the program.
  private func start(writingTo end: consuming OwnedFileDescriptor) throws(CommandError) -> pid_t {
    try end.withRawValue { descriptor throws(CommandError) in try spawn(descriptor) }
  }

  /// Whether all was read.
  private static func lines(
    of output: borrowing OwnedFileDescriptor,
    limit: Int,
    _ body: ([UInt8]) -> Void
  ) -> Bool {
    var line: [UInt8] = []
    var total = 0
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = output.withRawValue { read($0, &chunk, chunk.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      total += count
      guard total <= limit else { return false }
      var rest = chunk[..<count]
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        body(line + rest[..<end])
        line = []
        rest = rest[(end + 1)...]
      }
      line += rest
    }
    if !line.isEmpty { body(line) }
    return true
  }

  /// Starts the program, with `output` as its standard output; nil leaves it ours.
  private func spawn(_ output: CInt?) throws(CommandError) -> pid_t {
    // networkctl and its like need no more; a proxy or a locale has no business there.
    var words = Self.strings([program] + arguments)
    var environment = Self.strings(["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
    defer { for pointer in words + environment { free(pointer) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    var process: pid_t = 0
    let failure = posix_spawn(&process, program, &actions, nil, &words, &environment)
    guard failure == 0 else { throw .notStarted(self, errno: failure) }
    return process
  }

  private func wait(for process: pid_t) throws(CommandError) {
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw .notStarted(self, errno: errno) }
    }
    // The low seven bits are the signal, the next byte is the exit status (wait(2)).
    guard status == 0 else {
      throw status & 0x7f == 0
        ? .failed(self, status: status >> 8 & 0xff) : .killed(self, signal: status & 0x7f)
    }
  }

  /// Copies for C, with the null pointer that ends the list; the caller frees them.
  private static func strings(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
    words.map { strdup($0) } + [nil]
  }
}

extension Command: CustomStringConvertible {
  package var description: String { ([program] + arguments).joined(separator: " ") }
}
