// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel

/// An IP address and port in the kernel's form (sockaddr_in, sockaddr_in6).
struct SocketAddress: Sendable {
  private var bytes: [UInt8]

  init(_ address: IPAddress, port: UInt16) {
    let family = UInt16(address.family == .ipv4 ? AF_INET : AF_INET6)
    bytes = withUnsafeBytes(of: family) { Array($0) }
    bytes += [UInt8(port >> 8), UInt8(port & 0xff)]
    switch address {
    case .v4(let address): bytes += address.octets + [UInt8](repeating: 0, count: 8)
    // The flow label before the address and the scope after it are zero.
    case .v6(let address): bytes += [0, 0, 0, 0] + address.octets + [0, 0, 0, 0]
    }
  }

  /// Lends the address as system calls take it.
  func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return -1 }
      return body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
    }
  }
}
