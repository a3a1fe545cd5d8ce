// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Where generated files lie and how they are named: what may be removed, and nothing else.
package struct OwnedFiles: Hashable, Sendable {
  /// The absolute path of the directory.
  package let directory: String
  /// What the names of our files begin with.
  package let prefix: String
  /// What they end with.
  package let suffix: String
  /// Whether they are for the primary; otherwise each is for the ENI whose name is in its own.
  package var isForPrimary = false
  /// Whether only an earlier version wrote such files; they go at the next boot or refresh.
  package var isRetired = false

  /// Whether a name is one that a file of ours could have.
  package func matches(_ name: String) -> Bool {
    name.hasPrefix(prefix) && name.hasSuffix(suffix)
  }

  /// Whether a file of this name and content is ours: the name fits, and the first line says so, in a
  /// script the second.
  ///
  /// A file that somebody replaced by their own is theirs.
  package func contains(name: String, content: String) -> Bool {
    let lines = content.split(separator: "\n", maxSplits: 2)
    return matches(name)
      && lines.first { !$0.hasPrefix("#!") }?.hasPrefix(Header.firstWords) ?? false
  }

  /// The instance that a file of ours was written for, by its header.
  package static func instance(in content: String) -> InstanceID? {
    content.split(separator: "\n").lazy.prefix { $0.hasPrefix("#") }
      .compactMap { line in
        line.hasPrefix(Header.instanceWords)
          ? InstanceID(line.dropFirst(Header.instanceWords.count)) : nil
      }.first
  }

  /// The absolute path of the slot's file.
  package func path(_ slot: some CustomStringConvertible) -> String {
    "\(directory)/\(prefix)\(slot)\(suffix)"
  }
}
