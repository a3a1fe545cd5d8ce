// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A program of the machine that the simulator runs: `ip`, `nsenter`, a daemon.
///
/// Spawned by posix_spawn(3) and waited for by waitpid(2), since Foundation's `Process` needs a run
/// loop to notice that a child has ended, which the threads that tests run on do not have.
package struct Program: Sendable {
  /// How a program ended and what it said.
  package struct Result: Sendable {
    /// Its exit status, or 128 + the signal that ended it.
    package let status: Int32
    /// Standard output.
    package let output: String
    /// Standard error.
    package let errors: String
  }

  /// The program's name or path, then its arguments.
  package let words: [String]

  /// The program `words[0]`, looked up in PATH, with the other words as arguments.
  package init(_ words: [String]) {
    self.words = words
  }

  /// Runs the program to its end, whatever its status; it is killed when it has not ended within
  /// `limit`.
  ///
  /// - Throws: ``ProgramFailure`` when it cannot be started, or had to be killed.
  package func result(
    input: String = "",
    within limit: Duration = .seconds(120)
  ) throws -> Result {
    let (inputEnd, standardInput) = try Pipe.ends()
    let (output, standardOutput) = try Pipe.ends()
    let (errors, standardError) = try Pipe.ends()
    let child = try spawn(inputEnd, standardOutput, standardError)
    for end in [inputEnd, standardOutput, standardError] { close(end) }
    let (said, isWhole) = Pipe.exchange(
      Array(input.utf8),
      into: standardInput,
      from: [output, errors],
      by: .now + limit
    )
    if !isWhole { child.kill() }
    let result = Result(
      status: child.wait(),
      output: String(decoding: said[0], as: UTF8.self),
      errors: String(decoding: said[1], as: UTF8.self)
    )
    guard isWhole else { throw ProgramFailure(program: self, result: result, limit: limit) }
    return result
  }

  /// Runs the program and gives its standard output.
  ///
  /// - Parameters:
  ///   - input: what it reads from standard input.
  ///   - limit: when it is killed.
  /// - Returns: what it wrote to standard output.
  /// - Throws: ``ProgramFailure`` when it does not end with status 0 within `limit`.
  @discardableResult
  package func run(
    input: String = "",
    within limit: Duration = .seconds(120)
  ) throws -> String {
    let result = try result(input: input, within: limit)
    guard result.status == 0 else { throw ProgramFailure(program: self, result: result) }
    return result.output
  }

  /// Starts the program and leaves it running for as long as the result lives.
  ///
  /// Standard output and error go to the file `log`; nil discards them.
  package func start(log: String? = nil) throws -> RunningProgram {
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    guard let log else { return try spawn(null, null, null) }
    let file = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_APPEND, 0o644)
    guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(file) }
    return try spawn(null, file, file)
  }

  private func spawn(_ input: Int32, _ output: Int32, _ errors: Int32) throws -> RunningProgram {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Only these three are inherited: all others are opened with O_CLOEXEC.
    for (source, target) in [(input, 0), (output, 1), (errors, 2)] as [(Int32, Int32)] {
      posix_spawn_file_actions_adddup2(&actions, source, target)
    }
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, words[0], &actions, nil, &arguments, environ)
    guard failure == 0 else {
      throw ProgramFailure(
        program: self,
        result: Result(status: 127, output: "", errors: String(cString: strerror(failure)))
      )
    }
    return RunningProgram(child)
  }
}

extension Program: CustomStringConvertible {
  package var description: String { words.joined(separator: " ") }
}
