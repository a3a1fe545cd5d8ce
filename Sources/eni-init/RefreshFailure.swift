// SPDX-License-Identifier: Apache-2.0

/// A refresh that did not succeed for every ENI.
struct RefreshFailure: Error {
  /// What went wrong, one for each ENI.
  let failures: [any Error]

  /// The failure of a run with these; nil for none.
  init?(_ failures: [any Error]) {
    guard !failures.isEmpty else { return nil }
    self.failures = failures
  }
}

extension RefreshFailure: CommandFailure {
  /// That of the first; the others are in the message.
  var exitStatus: ExitStatus {
    (failures.first as? any CommandFailure)?.exitStatus ?? .systemFailure
  }

  var description: String {
    failures.map { "\($0)" }.joined(separator: "\n") + "\n\(Self.outlook)"
  }

  /// What it means, said once after them.
  static let outlook = "The other ENIs are up to date; the next refresh tries again"
}
