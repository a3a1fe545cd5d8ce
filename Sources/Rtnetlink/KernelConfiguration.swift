// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// The kernel's network configuration, to read and to change.
///
/// The real one is ``RouteSocket``; another is in memory, for tests. One contract suite holds both
/// to the same behaviour.
package protocol KernelConfiguration: AnyObject {
  /// All links.
  ///
  /// Equivalent to: ip link show
  func links() throws(RtnetlinkError) -> [Link]

  /// Links, addresses, routes of the scope and rules. They are read one after another: what changes
  /// meanwhile may show in one list and not yet in another.
  ///
  /// Equivalent to: ip link show; ip address show; ip route show table TABLE; ip rule show
  func snapshot(_ scope: RouteScope) throws(RtnetlinkError) -> KernelState

  /// Makes one change. Idempotent: to add what is there already and to remove what is not succeeds
  /// and changes nothing; to add what *differs* from what holds its place is an error.
  ///
  /// Equivalent to: the command that the change's description is
  func apply(_ change: Change) throws(RtnetlinkError)
}

extension KernelConfiguration {
  /// Links, addresses, all routes and rules.
  package func snapshot() throws(RtnetlinkError) -> KernelState { try snapshot(.all) }

  /// Makes the changes in order and stops at the first that fails, which the error names; those
  /// before it stay.
  package func apply(_ changes: [Change]) throws(RtnetlinkError) {
    for change in changes { try apply(change) }
  }

  /// Makes the changes in order, and goes on after one that the kernel refuses.
  ///
  /// - Returns: The refusals, by change.
  package func attempt(_ changes: [Change]) throws(RtnetlinkError) -> [Change: RtnetlinkError] {
    var refusals: [Change: RtnetlinkError] = [:]
    for change in changes {
      do {
        try apply(change)
      } catch {
        guard case .refused = error else { throw error }
        refusals[change] = error
      }
    }
    return refusals
  }
}
