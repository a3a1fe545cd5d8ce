// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel

/// The kernel's form of an endpoint (ip(7), ipv6(7)).
enum SocketAddress {
  /// Calls connect(2).
  ///
  /// - Returns: 0, or the errno(3) value.
  static func connect(_ descriptor: CInt, to endpoint: IMDSEndpoint) -> CInt {
    switch endpoint.address {
    case .v4(let address):
      var form = sockaddr_in()
      form.sin_family = sa_family_t(AF_INET)
      form.sin_port = endpoint.port.bigEndian
      form.sin_addr.s_addr = address.rawValue.bigEndian
      return connect(descriptor, &form)
    case .v6(let address):
      var form = sockaddr_in6()
      form.sin6_family = sa_family_t(AF_INET6)
      form.sin6_port = endpoint.port.bigEndian
      withUnsafeMutableBytes(of: &form.sin6_addr) { $0.copyBytes(from: address.octets) }
      return connect(descriptor, &form)
    }
  }

  private static func connect<Form>(_ descriptor: CInt, _ form: inout Form) -> CInt {
    let size = socklen_t(MemoryLayout<Form>.size)
    let result = withUnsafeBytes(of: &form) { bytes in
      // sockaddr is the common start of every address form, and the size tells how much follows.
      bytes.withMemoryRebound(to: sockaddr.self) {
        Glibc.connect(descriptor, $0.baseAddress, size)
      }
    }
    return result == 0 ? 0 : errno
  }
}
