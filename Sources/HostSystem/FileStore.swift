// SPDX-License-Identifier: Apache-2.0
import Glibc
package import NetworkModel

/// The host's files below a root directory: read whole, replaced whole.
///
/// Paths are those on the host ("/etc/…"); the root is put before them, so that tests and image
/// builders work on a tree of their own.
package struct FileStore: Sendable {
  /// What a replacement did.
  package enum Outcome: String, Hashable, Sendable {
    case created
    case updated
    case unchanged
  }

  /// No file that we read is larger; a longer one is not ours and not meant for us.
  private static let sizeLimit = 1 << 20

  private let root: String

  /// The files below `root`; "/" is the host itself.
  package init(root: String = "/") {
    self.root = root == "/" ? "" : root
  }

  /// The whole content of a file; nil when there is none.
  package func read(_ path: String) throws(SystemCallError) -> String? {
    do throws(SystemCallError) {
      let file = try OwnedFileDescriptor(opening: root + path, O_RDONLY)
      return String(decoding: try Self.readAll(file, path), as: UTF8.self)
    } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
      return nil
    }
  }

  /// The file as it is, with its mode, so that it can be put back; nil when there is none.
  package func file(_ path: String) throws(SystemCallError) -> ConfigFile? {
    guard let content = try read(path) else { return nil }
    var status = stat()
    guard stat(root + path, &status) == 0 else {
      throw SystemCallError("look at", path, errno: errno)
    }
    return ConfigFile(path: path, content: content, mode: status.st_mode & 0o7777)
  }

  /// Makes the file have this content, and says whether it had to.
  ///
  /// Equal bytes with an equal mode are not rewritten. Otherwise: a temporary file in the same
  /// directory, its mode, its bytes, fsync, rename, fsync of the directory; so after a power cut there is
  /// the old file or the new one, whole (rename(2), fsync(2)). Missing directories are made.
  package func replace(_ file: ConfigFile) throws(SystemCallError) -> Outcome {
    let old = try self.file(file.path)
    guard old != file else { return .unchanged }
    let (directory, name) = Self.split(file.path)
    try makeDirectory(directory)
    let temporary = "\(root)\(directory)/.\(name).tmp"
    do throws(SystemCallError) {
      try Self.write(file, to: temporary)
      guard rename(temporary, root + file.path) == 0 else {
        throw SystemCallError("replace", file.path, errno: errno)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    try synchronise(directory)
    return old == nil ? .created : .updated
  }

  /// Gives a file another name, in one step.
  package func move(_ path: String, to target: String) throws(SystemCallError) {
    guard rename(root + path, root + target) == 0 else {
      throw SystemCallError("rename", path, errno: errno)
    }
  }

  /// Removes a file or symbolic link; says whether it was there.
  ///
  /// A file that is not there is no error on a read-only file system either, where unlink(2) fails
  /// before it looks.
  @discardableResult
  package func remove(_ path: String) throws(SystemCallError) -> Bool {
    guard try modificationTime(path) != nil else { return false }
    guard unlink(root + path) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw SystemCallError("remove", path, errno: errno)
      }
      return false
    }
    let directory = Self.split(path).directory
    try synchronise(directory)
    // A directory of drop-ins goes with its last: its name may tell of an ENI that is gone.
    if directory.hasSuffix(".network.d") { try removeDirectory(directory) }
    return true
  }

  /// Removes an empty directory; one with something in it stays, and that is no error.
  package func removeDirectory(_ path: String) throws(SystemCallError) {
    guard try modificationTime(path) != nil else { return }
    guard rmdir(root + path) == 0 || [ENOENT, ENOTEMPTY, EEXIST].contains(errno) else {
      throw SystemCallError("remove directory", path, errno: errno)
    }
  }

  /// The names in a directory, sorted; none when there is no such directory.
  ///
  /// Temporary files of an interrupted ``replace(_:)`` are left out: the next one removes them.
  package func names(in directory: String) throws(SystemCallError) -> [String] {
    try entries(of: directory).filter { !$0.hasPrefix(".") }
  }

  private func entries(of directory: String) throws(SystemCallError) -> [String] {
    guard let stream = opendir(root + directory) else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw SystemCallError("list", directory, errno: errno)
      }
      return []
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = Glibc.readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names.sorted()
  }

  /// The temporary files that interrupted replacements have left of files with such names.
  package func interruptedReplacements(
    in directory: String,
    of isOurs: (String) -> Bool
  ) throws(SystemCallError) -> [String] {
    try entries(of: directory).filter { name in
      name.hasPrefix(".") && name.hasSuffix(".tmp") && isOurs(String(name.dropFirst().dropLast(4)))
    }.map { "\(directory)/\($0)" }
  }

  /// What a symbolic link points to; nil when there is none.
  package func linkTarget(_ path: String) throws(SystemCallError) -> String? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(root + path, &target, target.count - 1)
    guard length >= 0 else {
      guard [ENOENT, ENOTDIR, EINVAL].contains(errno) else {
        throw SystemCallError("look at", path, errno: errno)
      }
      return nil
    }
    // A C char has a sign on amd64 and none on arm64.
    return String(decoding: target[..<length].map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
  }

  /// When a file or symbolic link itself was last written, since the epoch; nil for none.
  package func modificationTime(_ path: String) throws(SystemCallError) -> Duration? {
    guard let status = try status(of: path) else { return nil }
    return .seconds(status.st_mtim.tv_sec) + .nanoseconds(status.st_mtim.tv_nsec)
  }

  /// When a file or directory last changed in content, name or kind, since the epoch; nil for none.
  ///
  /// Unlike the time of its last writing it cannot be set, so a file that was moved or copied with its
  /// times is as new as it is. Of a symbolic link to a file, the later change of the two counts.
  package func changeTime(_ path: String) throws(SystemCallError) -> Duration? {
    guard var status = try status(of: path) else { return nil }
    let own = Self.changeTime(status)
    // Not of /dev/null, to which a mask points.
    guard stat(root + path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return own }
    return max(own, Self.changeTime(status))
  }

  /// The state of a file or symbolic link itself (lstat(2)); nil for none.
  private func status(of path: String) throws(SystemCallError) -> stat? {
    var status = stat()
    guard lstat(root + path, &status) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw SystemCallError("look at", path, errno: errno)
      }
      return nil
    }
    return status
  }

  private static func changeTime(_ status: stat) -> Duration {
    .seconds(status.st_ctim.tv_sec) + .nanoseconds(status.st_ctim.tv_nsec)
  }

  /// Makes the symbolic link `path` point to `target`, in one step.
  package func link(_ path: String, to target: String) throws(SystemCallError) {
    let (directory, name) = Self.split(path)
    try makeDirectory(directory)
    let temporary = "\(root)\(directory)/.\(name).tmp"
    unlink(temporary)
    guard symlink(target, temporary) == 0, rename(temporary, root + path) == 0 else {
      throw SystemCallError("link", path, errno: errno)
    }
    try synchronise(directory)
  }

  private func makeDirectory(_ path: String) throws(SystemCallError) {
    guard mkdir(root + path, 0o755) != 0, errno != EEXIST else { return }
    guard errno == ENOENT, !path.isEmpty else {
      throw SystemCallError("make directory", path, errno: errno)
    }
    try makeDirectory(Self.split(path).directory)
    guard mkdir(root + path, 0o755) == 0 || errno == EEXIST else {
      throw SystemCallError("make directory", path, errno: errno)
    }
  }

  private func synchronise(_ directory: String) throws(SystemCallError) {
    let handle = try OwnedFileDescriptor(opening: root + directory + "/", O_RDONLY | O_DIRECTORY)
    let result = handle.withRawValue { fsync($0) }
    guard result == 0 else { throw SystemCallError("synchronise", directory, errno: errno) }
  }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[..<slash]), String(path[path.index(after: slash)...]))
  }

  private static func write(_ file: ConfigFile, to path: String) throws(SystemCallError) {
    // An interrupted run may have left one. A pipe there would block, and a link would be followed.
    unlink(path)
    let handle = try OwnedFileDescriptor(
      opening: path,
      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
      mode: 0o600
    )
    try handle.fill(with: file.content, mode: mode_t(file.mode), called: file.path)
  }

  private static func readAll(
    _ file: borrowing OwnedFileDescriptor,
    _ path: String
  ) throws(SystemCallError) -> [UInt8] {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = file.withRawValue { Glibc.read($0, &chunk, chunk.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemCallError("read", path, errno: errno) }
      guard count > 0 else { return content }
      content += chunk[..<count]
      guard content.count <= sizeLimit else {
        throw SystemCallError("read", path, errno: EFBIG)
      }
    }
  }
}
