// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// A program of the machine that the simulator runs: `ip`, `nsenter`, a daemon.
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

  /// Runs the program to its end, whatever its status.
  package func result(input: String = "") throws -> Result {
    let process = Process()
    let output = Pipe()
    let errors = Pipe()
    let standardInput = Pipe()
    configure(process)
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    standardInput.fileHandleForWriting.write(Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    // Both pipes are drained at once, or a program that fills one would wait for ever.
    nonisolated(unsafe) var errorData = Data()
    let drained = DispatchSemaphore(value: 0)
    let errorHandle = errors.fileHandleForReading
    DispatchQueue.global().async {
      errorData = errorHandle.readDataToEndOfFile()
      drained.signal()
    }
    let outputData = output.fileHandleForReading.readDataToEndOfFile()
    drained.wait()
    process.waitUntilExit()
    let signalled = process.terminationReason == .uncaughtSignal
    return Result(
      status: process.terminationStatus + (signalled ? 128 : 0),
      output: String(decoding: outputData, as: UTF8.self),
      errors: String(decoding: errorData, as: UTF8.self)
    )
  }

  /// Runs the program and gives its standard output.
  ///
  /// - Throws: ``ProgramFailure`` when it does not end with status 0.
  @discardableResult
  package func run(input: String = "") throws -> String {
    let result = try result(input: input)
    guard result.status == 0 else { throw ProgramFailure(program: self, result: result) }
    return result.output
  }

  /// Starts the program and leaves it running; it dies with this process.
  ///
  /// Standard output and error go to the file `log`; nil discards them.
  package func start(log: String? = nil) throws -> Process {
    let process = Process()
    // The kernel ends it when this process goes, also by a signal that cannot be caught.
    Program(["setpriv", "--pdeathsig", "KILL"] + words).configure(process)
    process.standardInput = FileHandle.nullDevice
    let handle = try log.map { path in
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
    process.standardOutput = handle ?? FileHandle.nullDevice
    process.standardError = handle ?? FileHandle.nullDevice
    try process.run()
    return process
  }

  private func configure(_ process: Process) {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
  }
}

extension Program: CustomStringConvertible {
  package var description: String { words.joined(separator: " ") }
}
