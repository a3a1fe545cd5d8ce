// SPDX-License-Identifier: Apache-2.0

/// The fields of a message in the journal: the well-known ones (systemd.journal-fields(7)), and ours.
package enum JournalField: String, Hashable, Sendable {
  /// The text.
  case message = "MESSAGE"
  /// How bad it is (syslog(3)).
  case priority = "PRIORITY"
  /// Who says it.
  case syslogIdentifier = "SYSLOG_IDENTIFIER"
  /// Which entry of the message catalogue explains it.
  case messageID = "MESSAGE_ID"
  /// The unit that it is about.
  case objectUnit = "OBJECT_SYSTEMD_UNIT"
  /// What happened, one of ``Event``.
  case event = "EVENT"
  /// The ENI's id.
  case eni = "ENI_ID"
  /// Its name, planned or present.
  case interface = "INTERFACE"
  /// Its Ethernet address.
  case mac = "MAC"
  /// Its route table.
  case table = "TABLE"
  /// All of its addresses.
  case addresses = "ADDRESSES"
  /// Those that came.
  case added = "ADDED"
  /// Those that went.
  case withdrawn = "WITHDRAWN"
  /// Why.
  case reason = "REASON"
  /// The file it is about.
  case file = "FILE"
  /// The instance it is about.
  case instance = "INSTANCE_ID"
}
