// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The C library's words for an errno(3) value.
enum SystemCallMessage {
  static func text(_ code: CInt) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
