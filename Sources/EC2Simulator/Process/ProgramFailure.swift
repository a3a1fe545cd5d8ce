// SPDX-License-Identifier: Apache-2.0

/// A program of the machine that did not end with status 0, or not in time.
package struct ProgramFailure: Error, CustomStringConvertible {
  /// Which one.
  package let program: Program
  /// How it ended.
  package let result: Program.Result
  /// The time after which it was killed; nil when it ended by itself.
  package let limit: Duration?

  /// The failure of `program` that ended like this, or was killed after `limit`.
  package init(program: Program, result: Program.Result, limit: Duration? = nil) {
    self.program = program
    self.result = result
    self.limit = limit
  }

  package var description: String {
    let end = limit.map { "was killed after \($0)" } ?? "ended with status \(result.status)"
    return "`\(program)` \(end): \(result.errors)\(result.output)"
  }
}
