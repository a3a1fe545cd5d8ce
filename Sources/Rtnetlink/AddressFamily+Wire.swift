// SPDX-License-Identifier: Apache-2.0

import NetworkModel

extension AddressFamily {
  /// AF_INET or AF_INET6, as the fixed headers carry it.
  var wireValue: UInt8 { self == .ipv4 ? Wire.inet : Wire.inet6 }

  /// The family with this number; nil for the dozens that an ENI has nothing to do with.
  init?(wireValue: UInt16) {
    switch wireValue {
    case UInt16(Wire.inet): self = .ipv4
    case UInt16(Wire.inet6): self = .ipv6
    default: return nil
    }
  }
}
