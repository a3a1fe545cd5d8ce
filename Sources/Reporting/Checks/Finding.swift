// SPDX-License-Identifier: Apache-2.0

/// One thing that is not as it has to be for replies to be symmetric.
package struct Finding: Hashable, Sendable {
  /// Its stable name.
  package let id: FindingID
  /// What it is found on: an ENI's name, or nil for the host.
  package let subject: String?
  /// What was found, one thing each; never empty.
  package let details: [String]
  /// The exact remedy: a command, or what to change and where.
  package let remedy: String

  /// A finding of `id` on `subject`.
  package init(_ id: FindingID, on subject: String? = nil, _ details: String..., remedy: String) {
    self.init(id, on: subject, details, remedy: remedy)
  }

  /// A finding of `id` on `subject` that shows in several ways.
  package init(_ id: FindingID, on subject: String?, _ details: [String], remedy: String) {
    self.id = id
    self.subject = subject
    self.details = details
    self.remedy = remedy
  }
}
