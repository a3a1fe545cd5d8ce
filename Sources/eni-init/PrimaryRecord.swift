// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel

/// The record of which ENI is the instance's primary.
///
/// It arms the hold: as long as the primary is not on record, an unknown ENI may be the primary and
/// is left to the image; from then on an unknown ENI is a new one, and udev's rule has it held.
struct PrimaryRecord {
  let host: Host

  /// Puts the primary on record, once: it cannot change while the instance lives.
  ///
  /// - Returns: whether it is news.
  /// - Throws: ``AttachFailure/primaryChanged(recorded:told:)`` when the record says otherwise.
  @discardableResult
  func remember(_ primary: MACAddress, of instance: InstanceID) throws -> Bool {
    try host.locked(within: .seconds(30)) {
      let recorded = try host.records.records(of: instance).first { $0.role == .primary }
      if let recorded {
        guard recorded.mac == primary else {
          throw AttachFailure.primaryChanged(recorded: recorded.mac, told: primary)
        }
        return false
      }
      let record = InterfaceRecord(role: .primary, mac: primary, id: nil, name: nil)
      try host.records.save(record, of: instance)
      host.log.notice("\(primary) is the primary ENI of \(instance); any other is held from now on")
      return true
    }
  }
}
