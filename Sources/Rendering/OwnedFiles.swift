// SPDX-License-Identifier: Apache-2.0

/// Where generated files lie and how they are named: what may be removed, and nothing else.
package struct OwnedFiles: Hashable, Sendable {
  /// The absolute path of the directory.
  package let directory: String
  /// What the names of our files begin with.
  package let prefix: String
  /// What they end with.
  package let suffix: String

  /// Whether a name is one that a file of ours could have.
  package func matches(_ name: String) -> Bool {
    name.hasPrefix(prefix) && name.hasSuffix(suffix)
  }

  /// Whether a file of this name and content is ours: the name fits, and the first line says so.
  ///
  /// A file that somebody replaced by their own is theirs.
  package func contains(name: String, content: String) -> Bool {
    matches(name) && content.hasPrefix(Header.firstWords)
  }

  /// The absolute path of the slot's file.
  package func path(_ slot: some CustomStringConvertible) -> String {
    "\(directory)/\(prefix)\(slot)\(suffix)"
  }
}
