// SPDX-License-Identifier: Apache-2.0

/// One message of a datagram: its header's fields and the octets behind the header.
struct NetlinkMessage: Hashable {
  /// What it is.
  let type: MessageType
  /// How it is meant.
  let flags: MessageFlags
  /// The number of the request it answers; 0 in a notification.
  let sequence: UInt32
  /// The fixed header of its type and its attributes.
  let payload: ArraySlice<UInt8>
}
