// SPDX-License-Identifier: Apache-2.0
import NetworkModel

extension ConfigFile {
  /// A file of these lines.
  init(path: String, lines: [String], mode: UInt32 = 0o644) {
    self.init(path: path, content: lines.map { $0 + "\n" }.joined(), mode: mode)
  }
}
