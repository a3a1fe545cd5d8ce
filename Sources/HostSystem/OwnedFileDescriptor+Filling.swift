// SPDX-License-Identifier: Apache-2.0
import Glibc

extension OwnedFileDescriptor {
  /// Gives an empty file its mode and its whole content, which is on disk then (fsync(2)); messages
  /// call it `path`, which is what it will be.
  borrowing func fill(
    with content: String,
    mode: mode_t,
    called path: String
  ) throws(SystemCallError) {
    let bytes = Array(content.utf8)
    try withRawValue { descriptor throws(SystemCallError) in
      guard fchmod(descriptor, mode) == 0 else {
        throw SystemCallError("set the mode of", path, errno: errno)
      }
      var written = 0
      while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes {
          Glibc.write(descriptor, $0.baseAddress, $0.count)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw SystemCallError("write", path, errno: errno) }
        written += count
      }
      guard fsync(descriptor) == 0 else {
        throw SystemCallError("synchronise", path, errno: errno)
      }
    }
  }
}
