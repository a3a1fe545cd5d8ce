// SPDX-License-Identifier: Apache-2.0

extension Duration {
  /// Whole milliseconds, as poll(2) counts.
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
