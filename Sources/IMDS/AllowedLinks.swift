// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// The links that a request to IMDS may leave by.
///
/// The routing tables belong to other programs as well: the default route of a VPN, or a bridge with
/// 169.254.0.0/16, leads to a stranger that can answer as IMDS.
package enum AllowedLinks: Hashable, Sendable {
  /// Every link: routing decides.
  case any
  /// These links, in the order in which to try (SO_BINDTODEVICE, socket(7)).
  case only([InterfaceName])

  /// One entry for each link to try; nil leaves the choice to routing.
  var candidates: [InterfaceName?] {
    switch self {
    case .any: [nil]
    case .only(let names): names
    }
  }
}
