// SPDX-License-Identifier: Apache-2.0

/// What goes wrong with a virtual machine, as opposed to what a test finds in one.
package enum VirtualMachineError: Error, Sendable {
  /// The path of a socket is longer than the kernel takes (unix(7), sun_path).
  case socketPathTooLong(path: String)
  /// QEMU ended on its own, or never opened its sockets.
  case notRunning(log: String)
  /// The guest's kernel gave up, or says that a processor stands still.
  case panicked(console: String)
  /// The guest did not do in time what it was asked to.
  case timedOut(what: String, after: Duration, console: String)
  /// QEMU closed a socket in the middle of a conversation.
  case disconnected(path: String)
  /// QEMU refused a command of its monitor.
  case refused(command: String, reason: String)
  /// A command in the guest ended with a status other than 0.
  case commandFailed(command: String, result: GuestCommandResult)
  /// A NIC was given a slot that the machine keeps for itself or does not have.
  case slotOutOfRange(slot: Int)
}

extension VirtualMachineError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .socketPathTooLong(let path):
      "cannot use the socket \(path): its path exceeds 107 bytes; "
        + "give the virtual machine a directory with a shorter path"
    case .notRunning(let log):
      "QEMU is not running; it said: \(log.isEmpty ? "nothing" : log)"
    case .panicked(let console):
      "the guest's kernel panicked or stands still; the end of its console:\n\(console)"
    case .timedOut(let what, let after, let console):
      "the guest did not \(what) within \(after); emulation is slow on a busy machine: raise the "
        + "limit if the console shows progress; its end:\n\(console)"
    case .disconnected(let path):
      "QEMU closed \(path), so it has ended or was killed; see qemu.log beside it"
    case .refused(let command, let reason):
      "QEMU refused `\(command)`: \(reason); see qemu.log in the machine's directory"
    case .commandFailed(let command, let result):
      "in the guest, `\(command)` ended with status \(result.status): \(result.output)"
    case .slotOutOfRange(let slot):
      "slot \(slot) cannot hold a NIC; 5…31 can, the others hold the machine's own devices"
    }
  }
}
