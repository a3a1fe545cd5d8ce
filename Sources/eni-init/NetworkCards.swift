// SPDX-License-Identifier: Apache-2.0
import IMDS
import NetworkModel

extension InstanceMetadata {
  /// Whether this instance's type tells network cards: whether the primary, whose metadata is
  /// complete, has the key. Then an ENI without it is not ready; otherwise its card is 0.
  func hasNetworkCards(_ primary: MACAddress) throws(IMDSError) -> Bool {
    switch try keys(of: primary) {
    case .present(let keys): keys.contains(.networkCard)
    case .absent: false
    }
  }
}
