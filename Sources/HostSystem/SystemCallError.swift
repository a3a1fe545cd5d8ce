// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A system call that failed: which, on what, and why.
package struct SystemCallError: Error, Hashable, Sendable {
  /// What was attempted, as a verb phrase: "write", "lock".
  package let operation: String
  /// The file or program it was attempted on.
  package let subject: String
  /// The error number (errno(3)).
  package let errno: CInt

  /// The failure of `operation` on `subject` with this error number.
  package init(_ operation: String, _ subject: String, errno: CInt) {
    self.operation = operation
    self.subject = subject
    self.errno = errno
  }
}

extension SystemCallError: CustomStringConvertible {
  package var description: String {
    "cannot \(operation) \(subject): \(reason)\(remedy)"
  }

  /// The error number in words (strerror(3)).
  package var reason: String { String(cString: strerror(errno)) }

  private var remedy: String {
    switch errno {
    case EACCES, EPERM: "; run as root, and check the unit's ReadWritePaths="
    case EROFS: "; the file system is read-only, so remount it or remove the package"
    case ENOSPC, EDQUOT: "; free some space, then run `eni-init attach` for the interface again"
    case ETIMEDOUT: "; another eni-init holds it: see `systemctl list-units 'eni-init*'`"
    case ENOENT: "; reinstall the package if it should be there"
    default: ""
    }
  }
}
