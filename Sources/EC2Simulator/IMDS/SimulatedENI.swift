// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// An ENI of the simulated EC2: the facts that both its metadata and its port in the VPC follow.
package struct SimulatedENI: Sendable {
  /// The ENI's id.
  package var id: NetworkInterface.ID
  /// Its Ethernet address.
  package var mac: MACAddress
  /// Card and device number.
  package var attachment: Attachment
  /// Its IPv4 part.
  ///
  /// With a subnet but no address it is EFA-only; nil in an IPv6-only subnet.
  package var ipv4: NetworkInterface.Addresses?
  /// Its IPv6 part; may have a subnet but no address.
  package var ipv6: NetworkInterface.Addresses?
  /// Whether this instance type's metadata has the `network-card` key.
  package var listsNetworkCard = true
  /// The public IPv4 addresses, Elastic IPs among them, in the order of `public-ipv4s`.
  package var publicAddresses: [PublicAddress] = []
  /// `subnet-id`.
  package var subnetID = "subnet-0a1b2c3d4e5f60718"
  /// `owner-id`: the account.
  package var ownerID = "123456789012"
  /// `security-group-ids`.
  package var securityGroupIDs = ["sg-0a1b2c3d4e5f60718", "sg-0a1b2c3d4e5f60719"]
  /// `security-groups`.
  package var securityGroups = ["default", "web servers"]
  /// How its metadata becomes true.
  package var timeline = MetadataTimeline()

  /// An ENI of typed facts.
  package init(
    id: NetworkInterface.ID,
    mac: MACAddress,
    attachment: Attachment,
    ipv4: NetworkInterface.Addresses?,
    ipv6: NetworkInterface.Addresses? = nil
  ) {
    self.id = id
    self.mac = mac
    self.attachment = attachment
    self.ipv4 = ipv4
    self.ipv6 = ipv6
  }

  /// The facts as the project's own model has them.
  package var interface: NetworkInterface {
    NetworkInterface(id: id, mac: mac, attachment: attachment, ipv4: ipv4, ipv6: ipv6)
  }

  /// Every address and delegated prefix that packets from this ENI may have as their source.
  package var sources: [IPPrefix] {
    interface.families.flatMap { $0.addresses.map(\.hostPrefix) + $0.delegatedPrefixes }
  }

  /// Whether it carries no IP at all (an EFA-only ENI).
  package var isEFAOnly: Bool { sources.isEmpty }
}

extension SimulatedENI {
  /// An ENI written down in text: `"10.0.2.0/24"` and the addresses in it, the primary first.
  ///
  /// The id is made from the MAC, so that two ENIs differ in both.
  package init(
    mac: String,
    device: Int,
    card: Int = 0,
    ipv4: Block? = nil,
    ipv6: Block? = nil
  ) throws(SimulatedENIError) {
    guard let address = MACAddress(mac) else { throw .malformed("MAC address", mac) }
    let digits = address.octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    guard let id = NetworkInterface.ID("eni-00000" + digits) else { throw .malformed("id", digits) }
    guard let slot = Attachment(networkCard: card, deviceNumber: device) else {
      throw .malformed("slot", "card \(card), device \(device)")
    }
    self.init(
      id: id,
      mac: address,
      attachment: slot,
      ipv4: try ipv4?.parsed(),
      ipv6: try ipv6?.parsed()
    )
  }

  /// One family's part of an ENI, in text.
  package struct Block: Sendable {
    private let subnet: String
    private let addresses: [String]
    private let prefixes: [String]

    /// Addresses and delegated prefixes in `subnet`.
    package init(_ subnet: String, _ addresses: String..., prefixes: [String] = []) {
      self.subnet = subnet
      self.addresses = addresses
      self.prefixes = prefixes
    }

    /// The typed form.
    package func parsed() throws(SimulatedENIError) -> NetworkInterface.Addresses {
      let parsedAddresses = addresses.compactMap { IPAddress($0) }
      let parsedPrefixes = prefixes.compactMap { IPPrefix($0) }
      guard let block = IPPrefix(subnet), parsedAddresses.count == addresses.count,
        parsedPrefixes.count == prefixes.count,
        let part = NetworkInterface.Addresses(
          subnet: block,
          addresses: parsedAddresses,
          delegatedPrefixes: parsedPrefixes
        )
      else {
        throw .malformed("addresses", "\(addresses + prefixes) in subnet \(subnet)")
      }
      return part
    }
  }
}
