// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning

extension Ownership.Contest {
  /// Puts it into the journal: the ENI stays held, or keeps its other addresses.
  func report(on host: Host, _ subject: Subject, isHeld: Bool) {
    host.log.notice(
      "\(eni) \(isHeld ? "stays held" : "keeps its other addresses"): \(self)",
      .contested,
      about: [subject],
      [.reason: "\(self)"]
    )
  }
}
