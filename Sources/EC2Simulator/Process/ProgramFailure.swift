// SPDX-License-Identifier: Apache-2.0

/// A program of the machine that did not end with status 0.
package struct ProgramFailure: Error, CustomStringConvertible {
  /// Which one.
  package let program: Program
  /// How it ended.
  package let result: Program.Result

  package var description: String {
    "`\(program)` ended with status \(result.status): \(result.errors)\(result.output)"
  }
}
