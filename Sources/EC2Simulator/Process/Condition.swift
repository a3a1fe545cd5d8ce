// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Waiting for something to become true: never for a time to pass.
package enum Condition {
  /// Something did not come true in time.
  package struct Unmet: Error, CustomStringConvertible {
    /// What was waited for, and for how long.
    package let description: String

    /// The error with this description.
    package init(_ description: String) {
      self.description = description
    }
  }

  /// Waits until `body` gives a value, looking again every few milliseconds.
  ///
  /// `what` says what is waited for in the ``Unmet`` that is thrown after `limit`.
  @discardableResult
  package static func wait<Value>(
    for what: String,
    within limit: Duration = .seconds(10),
    _ body: () throws -> Value?
  ) throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
      if let value = try body() { return value }
      guard ContinuousClock.now < deadline else {
        throw Unmet("waited \(limit) in vain for: \(what)")
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  /// Waits until `body` is true.
  package static func wait(
    until what: String,
    within limit: Duration = .seconds(10),
    _ body: () throws -> Bool
  ) throws {
    try wait(for: what, within: limit) { try body() ? true : nil }
  }
}
