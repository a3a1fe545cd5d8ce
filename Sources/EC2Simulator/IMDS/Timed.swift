// SPDX-License-Identifier: Apache-2.0

/// A fact that changes by itself as time passes: a value at the start, then others.
///
/// `Timed(0).then(3, after: .seconds(2))` reads "0, from two seconds on 3". The moment time counts
/// from is said by whoever owns the fact; for an ENI's metadata it is the ENI's attachment.
package struct Timed<Value: Sendable>: Sendable {
  private struct Step: Sendable {
    let start: Duration
    let value: Value
  }

  private let initial: Value
  private var steps: [Step] = []

  /// A fact that has `value` until a ``then(_:after:)`` says otherwise.
  package init(_ value: Value) {
    initial = value
  }

  /// The same fact, but `value` from `start` on; the latest start that has passed wins.
  package func then(_ value: Value, after start: Duration) -> Timed {
    var copy = self
    copy.steps.append(Step(start: start, value: value))
    copy.steps.sort { $0.start < $1.start }
    return copy
  }

  /// The value when `elapsed` has passed.
  package func value(at elapsed: Duration) -> Value {
    steps.last { $0.start <= elapsed }?.value ?? initial
  }
}
