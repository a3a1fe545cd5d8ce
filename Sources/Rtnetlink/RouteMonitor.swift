// SPDX-License-Identifier: Apache-2.0

/// Tells *that* the kernel's network configuration changed, so that a caller reads it anew only
/// then; what changed is for ``RouteSocket/snapshot()`` to say.
///
/// Open it before the first snapshot: what happens between the two is then reported by the first
/// wait. It also reports what the caller itself changes. Needs no privilege. It reports the links,
/// addresses, routes and rules of the namespace by any program, but not the routes that a routing
/// daemon moves in main.
///
/// Not told by the kernel: the group of a link that is down (netdev_state_change).
///
/// Equivalent to: ip monitor link address route rule
package final class RouteMonitor {
  private var socket: NetlinkSocket

  /// A monitor that notices everything from now on.
  package init() throws(RtnetlinkError) {
    socket = try NetlinkSocket(timeout: .zero)
    for group in MulticastGroup.everythingInASnapshot { try socket.join(group) }
  }

  /// Waits for a change, at most `timeout`, and forgets all changes up to now; false when there was
  /// none.
  ///
  /// Lost notifications (ENOBUFS) are a change, which one does not matter.
  package func wait(timeout: Duration) throws(RtnetlinkError) -> Bool {
    let deadline = Deadline(after: timeout)
    // A datagram that another process sent wakes the wait and is none of ours: wait on.
    while try socket.waitUntilReadable(deadline) {
      if try drain() { return true }
    }
    return false
  }

  private func drain() throws(RtnetlinkError) -> Bool {
    var isChanged = false
    // Bounded: in a storm of changes the caller shall read the state now and then.
    for _ in 0..<1024 {
      switch try socket.receive(waiting: false) {
      case .nothing: return isChanged
      case .foreign: continue
      case .datagram(let datagram): isChanged = Self.isRelevant(datagram) || isChanged
      case .lost: isChanged = true
      }
    }
    return isChanged
  }

  /// Whether any message of a datagram matters; one that cannot be read does.
  private static func isRelevant(_ datagram: [UInt8]) -> Bool {
    do {
      var reader = MessageReader(datagram)
      while let message = try reader.next() {
        if try !RouteMessage.isIrrelevant(message) { return true }
      }
      return false
    } catch {
      return true
    }
  }
}
