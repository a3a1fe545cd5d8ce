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
    // networkctl and its like need no more; a proxy or a locale has no business there.
    var words = Self.strings([program] + arguments)
    var environment = Self.strings(["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
    defer { for pointer in words + environment { free(pointer) } }
    var process: pid_t = 0
    let failure = posix_spawn(&process, program, nil, nil, &words, &environment)
    guard failure == 0 else { throw .notStarted(self, errno: failure) }
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
