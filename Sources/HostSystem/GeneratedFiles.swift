// SPDX-License-Identifier: Apache-2.0
import Glibc
package import NetworkModel

/// The files that the program generates: on disk, or below /run while the disk refuses them.
///
/// A root file system may be read-only or full when an ENI arrives. The copy below /run then serves
/// until the next boot, and the first write that the disk accepts replaces it. A path is always the
/// path on disk, below /etc; a copy in memory counts for more than the file on disk, because it is newer.
package struct GeneratedFiles {
  /// A file as it was, so that it can be put back.
  package struct Snapshot: Sendable {
    fileprivate let path: String
    fileprivate let onDisk: ConfigFile?
    fileprivate let inMemory: ConfigFile?
  }

  /// Called with the refusal when a file is first written below /run.
  package typealias OnRefusal = (SystemCallError) -> Void

  private let files: FileStore
  private let mayKeepInMemory: Bool
  private let onRefusal: OnRefusal

  /// The generated files in `files`; with `mayKeepInMemory` false, as in an image that is not running, a
  /// refusal of the disk is an error.
  package init(
    _ files: FileStore,
    mayKeepInMemory: Bool = true,
    onRefusal: @escaping OnRefusal = { _ in }
  ) {
    self.files = files
    self.mayKeepInMemory = mayKeepInMemory
    self.onRefusal = onRefusal
  }

  /// The content in force; nil when there is no such file.
  package func read(_ path: String) throws(SystemCallError) -> String? {
    if let copy = try inMemory(path, files.read) { return copy }
    return try files.read(path)
  }

  /// Whether this very file, with its content and its mode, is on disk, and no copy counts for more.
  package func isOnDisk(_ file: ConfigFile) throws(SystemCallError) -> Bool {
    guard try files.file(file.path) == file else { return false }
    return try !isInMemory(file.path)
  }

  /// The content in each of the two places.
  package func contents(_ path: String) throws(SystemCallError) -> [String] {
    let places = [path, Self.runtimePath(of: path)].compactMap(\.self)
    var contents: [String] = []
    for place in places {
      if let content = try files.read(place) { contents.append(content) }
    }
    return contents
  }

  /// Makes the file have this content: on disk, or below /run when the disk refuses.
  ///
  /// - Returns: What changed in force; a copy that only moves to disk is an update.
  /// - Throws: The disk's refusal when /run refuses as well.
  package func replace(_ file: ConfigFile) throws(SystemCallError) -> FileStore.Outcome {
    let outcome: FileStore.Outcome
    do throws(SystemCallError) {
      outcome = try files.replace(file)
    } catch {
      return try keepInMemory(file, because: error)
    }
    guard try removeCopy(of: file.path) else { return outcome }
    return .updated
  }

  /// Removes a file from both places; says whether it was there.
  @discardableResult
  package func remove(_ path: String) throws(SystemCallError) -> Bool {
    let hadCopy = try removeCopy(of: path)
    return try files.remove(path) || hadCopy
  }

  /// Whether the content in force lies below /run.
  package func isInMemory(_ path: String) throws(SystemCallError) -> Bool {
    try inMemory(path, files.modificationTime) != nil
  }

  /// The names in a directory, on disk and below /run, sorted.
  package func names(in directory: String) throws(SystemCallError) -> [String] {
    var names = Set(try files.names(in: directory))
    if let copies = Self.runtimePath(of: directory) { names.formUnion(try files.names(in: copies)) }
    return names.sorted()
  }

  /// Makes the symbolic link `path` point to `target`, below /run when the disk refuses; says whether it
  /// pointed elsewhere before.
  package func link(_ path: String, to target: String) throws(SystemCallError) -> Bool {
    let isRight = try linkTarget(path) == target
    if isRight, try !isInMemory(path) { return false }
    do throws(SystemCallError) {
      try files.link(path, to: target)
      try removeCopy(of: path)
    } catch {
      guard let copy = runtimePath(of: path, when: error) else { throw error }
      if !isRight { try files.link(copy, to: target) }
    }
    return !isRight
  }

  /// The target of a symbolic link; nil when there is no such link.
  package func linkTarget(_ path: String) throws(SystemCallError) -> String? {
    if let copy = try inMemory(path, files.linkTarget) { return copy }
    return try files.linkTarget(path)
  }

  /// Removes an empty directory in both places; one that is not empty stays.
  package func removeDirectory(_ path: String) throws(SystemCallError) {
    if let copy = Self.runtimePath(of: path) { try files.removeDirectory(copy) }
    try files.removeDirectory(path)
  }

  /// The temporary files that interrupted replacements on disk have left of files with such names.
  package func interruptedReplacements(
    in directory: String,
    of isOurs: (String) -> Bool
  ) throws(SystemCallError) -> [String] {
    try files.interruptedReplacements(in: directory, of: isOurs)
  }

  /// The file as it is now in both places.
  package func snapshot(of path: String) throws(SystemCallError) -> Snapshot {
    Snapshot(
      path: path,
      onDisk: try files.file(path),
      inMemory: try inMemory(path, files.file)
    )
  }

  /// Makes both places what they were; where nothing differs, nothing is written.
  package func restore(_ snapshot: Snapshot) throws(SystemCallError) {
    if let copy = Self.runtimePath(of: snapshot.path) {
      try restore(snapshot.inMemory, at: copy)
    }
    try restore(snapshot.onDisk, at: snapshot.path)
  }

  /// The answer of `look` for the copy below /run; nil for a path that has no such place.
  private func inMemory<Answer>(
    _ path: String,
    _ look: (String) throws(SystemCallError) -> Answer?
  ) throws(SystemCallError) -> Answer? {
    guard let copy = Self.runtimePath(of: path) else { return nil }
    return try look(copy)
  }

  private func restore(_ file: ConfigFile?, at path: String) throws(SystemCallError) {
    if let file {
      _ = try files.replace(file)
    } else {
      try files.remove(path)
    }
  }

  private func keepInMemory(
    _ file: ConfigFile,
    because refusal: SystemCallError
  ) throws(SystemCallError) -> FileStore.Outcome {
    guard let copy = runtimePath(of: file.path, when: refusal) else { throw refusal }
    let outcome: FileStore.Outcome
    do throws(SystemCallError) {
      outcome = try files.replace(ConfigFile(path: copy, content: file.content, mode: file.mode))
    } catch {
      throw refusal
    }
    if outcome == .created { onRefusal(refusal) }
    return outcome
  }

  @discardableResult
  private func removeCopy(of path: String) throws(SystemCallError) -> Bool {
    guard let copy = Self.runtimePath(of: path) else { return false }
    return try files.remove(copy)
  }
}

extension GeneratedFiles {
  /// The directories below /run that network stacks and udev's rule read like those below /etc
  /// (systemd.network(5), netplan(5), NetworkManager.conf(5); Debian's cloud images source the last).
  private static let runtimeDirectories: [(disk: String, runtime: String)] = [
    ("/etc/systemd/network", "/run/systemd/network"),
    ("/etc/netplan", "/run/netplan"),
    (
      "/etc/NetworkManager/system-connections",
      "/run/NetworkManager/system-connections"
    ),
    ("/etc/network/interfaces.d", "/run/network/interfaces.d"),
    ("/etc/eni-init", "/run/eni-init"),
  ]

  /// The place below /run that stands for a path below /etc; nil for any other path.
  ///
  /// A file that no daemon reads below /run, such as a name of a route table, is kept in a directory of
  /// ours until the disk takes it.
  package static func runtimePath(of path: String) -> String? {
    for (disk, runtime) in runtimeDirectories where path == disk || path.hasPrefix(disk + "/") {
      return runtime + path.dropFirst(disk.count)
    }
    return path.hasPrefix("/etc/") ? "/run/eni-init" + path : nil
  }

  /// The same, if the disk as a whole refuses: it is read-only, full, damaged, or immutable.
  private func runtimePath(of path: String, when refusal: SystemCallError) -> String? {
    guard mayKeepInMemory, [EROFS, ENOSPC, EDQUOT, EIO, EPERM].contains(refusal.errno) else {
      return nil
    }
    return Self.runtimePath(of: path)
  }
}
