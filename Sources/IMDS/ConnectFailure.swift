// SPDX-License-Identifier: Apache-2.0

import Glibc
package import NetworkModel

/// Why one endpoint could not be connected to.
package struct ConnectFailure: Hashable, Sendable {
  /// Where to.
  package let endpoint: IMDSEndpoint
  /// The link that the socket was bound to; nil when routing chose one.
  package let link: InterfaceName?
  /// The errno(3) value; ETIMEDOUT also when our own, shorter limit ran out.
  package let code: CInt

  /// A failure with this errno(3) value.
  package init(endpoint: IMDSEndpoint, link: InterfaceName? = nil, code: CInt) {
    self.endpoint = endpoint
    self.link = link
    self.code = code
  }

  /// Whether the kernel forbids the way: a `prohibit` route answers EACCES (ip-route(8)).
  package var isProhibited: Bool { code == EACCES }
}

extension ConnectFailure: CustomStringConvertible {
  package var description: String {
    "\(endpoint)" + (link.map { " by \($0)" } ?? "") + ": \(SystemCallMessage.text(code))"
  }
}
