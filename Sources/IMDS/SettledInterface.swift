// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// The facts of an ENI, and what it took to learn them.
package struct SettledInterface: Hashable, Sendable {
  /// The facts; without any address when the ENI is EFA-only.
  package let interface: NetworkInterface
  /// How many readings were made.
  package let readings: Int
  /// From the first question to the last answer.
  package let waited: Duration
}
