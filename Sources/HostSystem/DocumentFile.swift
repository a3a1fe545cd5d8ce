// SPDX-License-Identifier: Apache-2.0
package import Glibc

/// A file that somebody has asked for by name, anywhere: not one of the host's, which are
/// ``FileStore``'s.
///
/// The directory may be anybody's, such as /tmp, so nothing in it is trusted: the temporary file has
/// a name that nobody can foresee and is made anew, and missing directories are a mistake.
package struct DocumentFile {
  private let path: String

  /// The file at `path`, absolute or from the current directory.
  package init(_ path: String) {
    self.path = path
  }

  /// Makes the file have this content, in one step: whoever reads it sees the old one or the new one,
  /// whole.
  ///
  /// A symbolic link is followed, and its target replaced. One that exists keeps its mode; a new one
  /// has what the umask leaves. What is not a regular file is refused: a device or a pipe would be
  /// replaced by a file of its name.
  package func replace(_ content: String) throws(SystemCallError) {
    let target = try target()
    try replace(target, content, mode: try mode(of: target))
  }

  /// Makes the file have this content and this mode, in one step.
  ///
  /// Whatever has its name gives way, and a symbolic link is not followed: another user may write in
  /// the directory.
  package func replace(_ content: String, mode: mode_t) throws(SystemCallError) {
    try replace(path, content, mode: mode)
  }

  private func replace(
    _ target: String,
    _ content: String,
    mode: mode_t
  ) throws(SystemCallError) {
    let directory = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
    let temporary = directory + ".eni-init-" + String(UInt64.random(in: .min ... .max), radix: 36)
    let file = try create(temporary)
    do throws(SystemCallError) {
      try file.fill(with: content, mode: mode, called: path)
      guard rename(temporary, target) == 0 else {
        throw SystemCallError("replace", path, errno: errno)
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func create(_ temporary: String) throws(SystemCallError) -> OwnedFileDescriptor {
    do throws(SystemCallError) {
      return try OwnedFileDescriptor(
        opening: temporary,
        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
        mode: 0o600
      )
    } catch {
      // Nobody has heard of the temporary file.
      throw SystemCallError("write", path, errno: error.errno)
    }
  }

  /// Where the file is, or will be.
  private func target() throws(SystemCallError) -> String {
    guard let resolved = realpath(path, nil) else {
      guard errno == ENOENT else { throw SystemCallError("write", path, errno: errno) }
      return path
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private func mode(of target: String) throws(SystemCallError) -> mode_t {
    var status = stat()
    guard stat(target, &status) == 0 else {
      guard errno == ENOENT else { throw SystemCallError("write", path, errno: errno) }
      let mask = umask(0)
      umask(mask)
      return 0o666 & ~mask
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return status.st_mode & 0o777
    case S_IFDIR: throw SystemCallError("write", path, errno: EISDIR)
    default: throw SystemCallError("replace", path, errno: EINVAL)
    }
  }
}
