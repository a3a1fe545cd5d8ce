// SPDX-License-Identifier: Apache-2.0

/// Where a setting stands.
package struct SettingOrigin: Hashable, Sendable, CustomStringConvertible {
  /// The file.
  package let path: String
  /// The line, from 1.
  package let line: Int

  package var description: String { "\(path):\(line)" }
}
