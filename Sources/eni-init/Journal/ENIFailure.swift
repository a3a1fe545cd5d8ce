// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// An error that ended what was done for one ENI: the error, and which ENI.
struct ENIFailure: Error {
  /// What went wrong.
  let cause: any CommandFailure
  /// With which ENI.
  let subject: Subject

  /// The failure of what `body` does for an ENI; what is no message for an operator stays what it is.
  static func naming<Value>(_ subject: Subject, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let failure as ENIFailure {
      // Whoever was nearer knows better.
      throw failure
    } catch let cause as any CommandFailure {
      throw ENIFailure(cause: cause, subject: subject)
    }
  }
}

extension ENIFailure: CommandFailure {
  var exitStatus: ExitStatus { cause.exitStatus }
  var description: String { cause.description }

  /// What was undone has left the ENI in a known state; of anything else nothing can be said.
  var event: Event { cause is UndoneFailure ? .undone : .failed }
}
