// SPDX-License-Identifier: Apache-2.0

/// A program of the machine that did not end with status 0.
package struct ProgramFailure: Error, CustomStringConvertible {
  /// Which one.
  package let program: Program
  /// How it ended.
  package let result: Program.Result

  /// The failure of `program` that ended like this.
  package init(program: Program, result: Program.Result) {
    self.program = program
    self.result = result
  }

  package var description: String {
    "`\(program)` ended with status \(result.status): \(result.errors)\(result.output)"
  }
}
