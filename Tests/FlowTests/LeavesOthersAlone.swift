// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Testing

/// Holds every test of the whole flow to one promise: the configuration of others on the instance is the
/// same at each reboot and at the end of the test as it was when the instance booted.
///
/// A test that changes such a thing itself says which kind with `intendedForeignChanges`.
struct LeavesOthersAlone: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    try await Stage.$reportForeignChange.withValue(
      { Issue.record("The configuration of others is not as it was:\n\($0)") },
      operation: function
    )
  }
}

extension Trait where Self == LeavesOthersAlone {
  /// The configuration of others stays as it is.
  static var leavesOthersAlone: Self { LeavesOthersAlone() }
}
