// SPDX-License-Identifier: Apache-2.0

/// An ENI's description in a test that cannot be one.
package enum SimulatedENIError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `text` is no valid value for `fact`.
  case malformed(_ fact: String, _ text: String)

  package var description: String {
    switch self {
    case .malformed(let fact, let text):
      "cannot describe an ENI: \(fact) is not valid: \(text); correct the test's scenario"
    }
  }
}
