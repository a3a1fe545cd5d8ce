// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A system call of the simulator that failed.
package struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The call, for example `bind`.
  package let call: String
  /// What it was done on.
  package let subject: String
  /// errno as the call left it.
  package let code: CInt

  /// `call` on `subject` failed with `code`.
  package init(_ call: String, on subject: String, code: CInt) {
    self.call = call
    self.subject = subject
    self.code = code
  }

  package var description: String {
    "\(call) failed on \(subject): \(String(cString: strerror(code))); \(advice)"
  }

  private var advice: String {
    switch code {
    case EADDRINUSE: "another server has the address: stop it or choose port 0"
    case EADDRNOTAVAIL: "add the address to an interface first"
    case EPERM, EACCES: "run as root in a network namespace of its own"
    default: "check the address and the state of the network namespace"
    }
  }
}
