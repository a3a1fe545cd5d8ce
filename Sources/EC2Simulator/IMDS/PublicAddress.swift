// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// A public IPv4 address, such as an Elastic IP, and the private address that EC2 maps it to.
package struct PublicAddress: Hashable, Sendable {
  /// The public address.
  package let address: IPAddress
  /// The private address of the ENI.
  package let privateAddress: IPAddress

  /// Two IPv4 addresses in text.
  package init(_ address: String, for privateAddress: String) throws(SimulatedENIError) {
    guard let parsed = IPAddress(address), parsed.family == .ipv4 else {
      throw .malformed("public IPv4 address", address)
    }
    guard let target = IPAddress(privateAddress), target.family == .ipv4 else {
      throw .malformed("private IPv4 address", privateAddress)
    }
    self.address = parsed
    self.privateAddress = target
  }
}
