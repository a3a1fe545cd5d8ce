// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// An address and TCP port at which IMDS is looked for.
package struct IMDSEndpoint: Hashable, Sendable {
  /// The address.
  package let address: IPAddress
  /// The TCP port, at least 1.
  package let port: UInt16

  /// `169.254.169.254:80`: needs an IPv4 address on the host and a route (EC2 user guide).
  package static let ipv4 = IMDSEndpoint(
    address: .v4(IPv4Address(rawValue: 0xa9fe_a9fe)),
    port: 80
  )

  /// `[fd00:ec2::254]:80`: Nitro only and off by default, but a link-local address suffices to
  /// reach it, so it can answer before any DHCP (EC2 user guide, `HttpProtocolIpv6`).
  package static let ipv6 = IMDSEndpoint(
    address: .v6(IPv6Address(rawValue: 0xfd00_0ec2_0000_0000_0000_0000_0000_0254)),
    port: 80
  )

  /// Where EC2 serves IMDS, in the order in which to try.
  package static let standard = [ipv4, ipv6]

  private init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Parses an override such as `127.0.0.1:8080` or `[::1]:8080`; nil unless it names a loopback
  /// address (127.0.0.0/8 or ::1) and a port.
  ///
  /// Nothing beyond the host is accepted, because whoever answers here decides how the host routes.
  package init?(loopback text: some StringProtocol) {
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...]), port > 0,
      text[text.index(after: colon)...] == String(port),
      let address = Self.loopbackAddress(text[..<colon])
    else { return nil }
    self.init(address: address, port: port)
  }

  private static func loopbackAddress(_ host: some StringProtocol) -> IPAddress? {
    if host.hasPrefix("["), host.hasSuffix("]") {
      guard let address = IPv6Address(host.dropFirst().dropLast()), address.rawValue == 1 else {
        return nil
      }
      return .v6(address)
    }
    guard let address = IPv4Address(host), address.rawValue >> 24 == 127 else { return nil }
    return .v4(address)
  }

  /// The address as a `Host` field writes it: the port only when it is not 80 (RFC 9110, 7.2).
  var host: String { port == 80 ? bracketedAddress : description }

  private var bracketedAddress: String {
    address.family == .ipv6 ? "[\(address)]" : "\(address)"
  }
}

extension IMDSEndpoint: CustomStringConvertible {
  /// `169.254.169.254:80`, `[fd00:ec2::254]:80`.
  package var description: String { "\(bracketedAddress):\(port)" }
}
