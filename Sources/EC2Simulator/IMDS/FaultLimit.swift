// SPDX-License-Identifier: Apache-2.0

/// How long a fault lasts.
package enum FaultLimit: Hashable, Sendable {
  /// Until it is cleared.
  case always
  /// From now on for this long.
  case lasting(Duration)
  /// For this many requests that match.
  case times(Int)
}
