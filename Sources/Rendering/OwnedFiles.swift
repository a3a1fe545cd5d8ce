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
  /// Whether every network stack has them.
  package var isCommon: Bool { CommonFiles.owned.contains(self) }
  /// Whether only an earlier version wrote such files; they go at the next boot or refresh.
  package var isRetired = false

  /// Whether a name is one that a file of ours could have: it holds the name of a slot, and nothing else.
  ///
  /// The prefix of that name may be a former one. A copy that an administrator keeps under another
  /// name, such as `05-eni-init-nic1-mine.network`, is the administrator's, whatever its header says.
  package func matches(_ name: String) -> Bool {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix),
      name.utf8.count >= prefix.utf8.count + suffix.utf8.count
    else { return false }
    let slot = name.dropFirst(prefix.count).dropLast(suffix.count)
    return isForPrimary ? slot.isEmpty : Attachment.isName(slot)
  }

  /// Whether a file of this name and content is ours: the name fits, and the first line says so, in a
  /// script the second.
  ///
  /// A file that somebody replaced by their own is theirs.
  package func contains(name: String, content: String) -> Bool {
    matches(name) && Self.hasHeader(content)
  }

  /// Whether the first line says that the program wrote the file, in a script the second.
  package static func hasHeader(_ content: String) -> Bool {
    let lines = content.split(separator: "\n", maxSplits: 2)
    return lines.first { !$0.hasPrefix("#!") }?.hasPrefix(Header.firstWords) ?? false
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
