// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// What one pass over an ENI's keys gave.
package enum InterfaceReading: Hashable, Sendable {
  /// Complete and believable facts.
  case settled(NetworkInterface)
  /// Facts that are missing or may be a passing state.
  case unsettled(Unsettled)
}
