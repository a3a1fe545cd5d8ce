// SPDX-License-Identifier: Apache-2.0

/// How a command in a guest ended and what it said.
package struct GuestCommandResult: Hashable, Sendable {
  /// Its exit status, or 128 + the signal that ended it.
  package let status: Int
  /// Standard output and standard error, in the order they were written.
  package let output: String
}
