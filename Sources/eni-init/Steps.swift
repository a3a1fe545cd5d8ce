// SPDX-License-Identifier: Apache-2.0

/// Steps of a run that are all tried, whatever becomes of the ones before.
struct Steps {
  private var failures: [any Error] = []

  /// Takes one step; its result, or nil when it failed.
  @discardableResult
  mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
    do {
      return try body()
    } catch let error as StepsError {
      failures += error.failures
    } catch {
      failures.append(error)
    }
    return nil
  }

  /// - Throws: ``StepsError`` when a step failed.
  func end() throws(StepsError) {
    if !failures.isEmpty { throw StepsError(failures: failures) }
  }
}

/// The steps of a run that failed; the others were taken.
struct StepsError: CommandFailure {
  /// One error for each failed step, in their order.
  let failures: [any Error]

  /// The status of the first; the others are in the message.
  var exitStatus: ExitStatus {
    (failures.first as? any CommandFailure)?.exitStatus ?? .systemFailure
  }

  var description: String { failures.map { "\($0)" }.joined(separator: "\n") }
}
