// SPDX-License-Identifier: Apache-2.0

/// A file to be on disk: where, with which bytes and permissions.
package struct ConfigFile: Hashable, Sendable {
  /// The absolute path on the host.
  package let path: String
  /// The whole content; it ends with a newline.
  package let content: String
  /// The permission bits.
  package let mode: UInt32

  /// A file of these parts.
  package init(path: String, content: String, mode: UInt32 = 0o644) {
    self.path = path
    self.content = content
    self.mode = mode
  }
}
