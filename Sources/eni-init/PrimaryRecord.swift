// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel

/// The record of which ENI is the instance's primary.
///
/// It arms the hold: as long as the primary is not on record, an unknown ENI may be the primary and
/// is left to the image; from then on an unknown ENI is a new one, and udev's rule has it held.
struct PrimaryRecord {
  let host: Host

  /// The record; nil while nobody has told.
  func recorded(of instance: InstanceID) throws -> InterfaceRecord? {
    try host.records.records(of: instance).first { $0.role == .primary }
  }

  /// Puts the primary on record, once: it cannot change while the instance lives.
  ///
  /// - Returns: whether it is news.
  /// - Throws: ``AttachFailure/primaryChanged(recorded:told:)`` when the record says otherwise.
  @discardableResult
  func remember(_ primary: MACAddress, of instance: InstanceID) throws -> Bool {
    try host.locked(within: .seconds(30)) {
      if let recorded = try recorded(of: instance), recorded.mac != primary {
        throw AttachFailure.primaryChanged(recorded: recorded.mac, told: primary)
      }
      // Saved again when it is there: a run that was cut off may have left half of it.
      let record = InterfaceRecord(primary: primary)
      let isNews = try host.records.save(record, of: instance)
      if isNews {
        host.log.notice(
          "\(primary) is the primary ENI of \(instance); any other is held from now on",
          .primaryRecorded,
          about: [Subject(mac: primary)],
          [.instance: instance.text]
        )
      }
      return isNews
    }
  }
}
