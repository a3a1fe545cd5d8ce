// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

extension InstanceMetadata {
  /// The blocks of the subnet that an ENI is in, whether or not it has an address of the family.
  ///
  /// Empty for a family that the subnet does not have; a family that IMDS gives no clear answer about has
  /// no entry. One request a family, and one more for the ENI's listing when a block is not there.
  package func subnets(
    of mac: MACAddress,
    _ families: [AddressFamily],
    patience: Patience? = nil
  ) throws(IMDSError) -> [AddressFamily: [IPPrefix]] {
    var subnets: [AddressFamily: [IPPrefix]] = [:]
    for family in families {
      let key = InterfaceKey.Family.of(family).subnets
      let path = Self.path(of: mac, key)
      if case .present(let text) = try client.get(path, patience: patience) {
        let blocks = try Self.blocks(text, of: family, at: path)
        // IMDS documents an empty list for no key.
        if !blocks.isEmpty { subnets[family] = blocks }
      } else if case .present(let keys) = try keys(of: mac, patience: patience),
        keys.contains(.interfaceID), !keys.contains(key)
      {
        subnets[family] = []
      }
    }
    return subnets
  }

  /// The blocks that the value of a subnet's key lists.
  static func blocks(
    _ text: String,
    of family: AddressFamily,
    at path: String
  ) throws(IMDSError) -> [IPPrefix] {
    try MetadataText.words(text).map { word throws(IMDSError) in
      guard let block = IPPrefix(word), block == block.network, block.family == family else {
        throw .malformed(
          key: path,
          value: UntrustedText(word),
          expected: "blocks of \(family) subnets"
        )
      }
      return block
    }
  }
}
