// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A QEMU that runs as long as this object, and no longer than this process.
///
/// The kernel sends the signal of `setpriv --pdeathsig` when the *thread* ends that started the
/// child, not the process (prctl(2), PR_SET_PDEATHSIG). Threads of a pool end when they are idle,
/// so QEMU is started from a thread of its own, which lasts until QEMU has ended.
final class QEMUProcess: Sendable {
  private enum State {
    case starting
    case failed(any Error)
    case running(RunningProgram)
    case ended
  }

  private final class Shared: Sendable {
    let state = Mutex(State.starting)
  }

  private let shared = Shared()

  /// Starts QEMU with `arguments`; what it says goes to the file at `log`.
  init(arguments: [String], log: String) throws {
    let shared = shared
    let thread = Thread {
      do {
        let process = try Program(["qemu-system-x86_64"] + arguments).start(log: log)
        shared.state.withLock { $0 = .running(process) }
        process.wait()
        shared.state.withLock { $0 = .ended }
      } catch {
        shared.state.withLock { $0 = .failed(error) }
      }
    }
    thread.name = "qemu"
    thread.start()
    try Condition.wait(until: "the start of QEMU", within: .seconds(30)) {
      try shared.state.withLock { state in
        switch state {
        case .starting: false
        case .failed(let error): throw error
        case .running, .ended: true
        }
      }
    }
  }

  deinit {
    kill()
  }

  /// Whether it has not ended.
  var isRunning: Bool {
    shared.state.withLock { state in
      guard case .running(let process) = state else { return false }
      return process.isRunning
    }
  }

  /// Ends it at once, as a power cut ends an instance; does nothing when it has ended.
  func kill() {
    shared.state.withLock { state in
      guard case .running(let process) = state, process.isRunning else { return }
      process.signal(SIGKILL)
    }
  }
}
