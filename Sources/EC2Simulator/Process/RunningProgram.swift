// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Synchronization

/// A child process; it is ended with this object.
package final class RunningProgram: Sendable {
  /// Its process id, valid until it has been waited for.
  package let processIdentifier: pid_t
  private let status = Mutex<Int32?>(nil)

  init(_ processIdentifier: pid_t) {
    self.processIdentifier = processIdentifier
  }

  deinit { kill() }

  /// Whether it has not ended.
  package var isRunning: Bool { collect(WNOHANG) == nil }

  /// Waits for its end.
  ///
  /// - Returns: its exit status, or 128 + the signal that ended it.
  @discardableResult
  package func wait() -> Int32 {
    // Without the lock, so that another thread can end it meanwhile.
    var information = siginfo_t()
    while waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT) != 0,
      errno == EINTR
    {}
    return collect(0) ?? 128
  }

  /// Sends it a signal, unless it has ended.
  package func signal(_ number: Int32) {
    status.withLock { status in
      // Not yet waited for: the id is still its own.
      if status == nil { Foundation.kill(processIdentifier, number) }
    }
  }

  /// Ends it at once and waits until it has ended.
  package func kill() {
    signal(SIGKILL)
    wait()
  }

  private func collect(_ options: Int32) -> Int32? {
    status.withLock { status in
      if let status { return status }
      var raw: Int32 = 0
      guard waitpid(processIdentifier, &raw, options) == processIdentifier else { return nil }
      // The low seven bits are the signal, the next byte is the exit status (wait(2)).
      status = raw & 0x7f == 0 ? raw >> 8 & 0xff : 128 + raw & 0x7f
      return status
    }
  }
}
