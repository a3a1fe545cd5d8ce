// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// IMDS's facts about this instance and its ENIs, as values of our model.
///
/// Every byte is untrusted until it is parsed: a value that is not what its key is documented to
/// hold throws ``IMDSError/malformed(key:value:expected:)``. Nothing is cached.
package struct InstanceMetadata {
  /// What the look-ups go through.
  package let client: IMDSClient

  /// The metadata that `client` reaches.
  package init(client: IMDSClient) {
    self.client = client
  }

  /// The MAC of the primary ENI (`mac`), which never changes.
  ///
  /// One request; `patience` says how long to try, until the client's deadline when nil.
  package func primaryMAC(patience: Patience? = nil) throws(IMDSError) -> MACAddress {
    let path = "meta-data/mac"
    let text = try required(path, patience)
    guard let mac = MACAddress(text) else {
      throw .malformed(key: path, value: UntrustedText(text), expected: "a MAC")
    }
    return mac
  }

  /// The id of this instance (`instance-id`).
  ///
  /// One request; `patience` says how long to try, until the client's deadline when nil.
  package func instanceID(patience: Patience? = nil) throws(IMDSError) -> InstanceID {
    let path = "meta-data/instance-id"
    let text = try required(path, patience)
    guard let id = InstanceID(text) else {
      throw .malformed(key: path, value: UntrustedText(text), expected: "an instance id")
    }
    return id
  }

  /// The MACs of all ENIs that IMDS lists, in its order, which means nothing.
  ///
  /// The list may lack an attached ENI and hold a detached one: the kernel's links are the truth.
  /// One request; `patience` says how long to try, until the client's deadline when nil.
  package func macs(patience: Patience? = nil) throws(IMDSError) -> [MACAddress] {
    let path = Self.macsPath
    let words = MetadataText.words(try required(path, patience))
    // An instance has at least one ENI, so an empty list is no answer.
    guard !words.isEmpty else { throw .missing(path: path) }
    return try words.map { word throws(IMDSError) in
      guard let mac = MACAddress(MetadataText.withoutSlash(word)) else {
        throw .malformed(key: path, value: UntrustedText(word), expected: "MACs")
      }
      return mac
    }
  }

  /// The keys that an ENI's listing holds now, of those we read; absent when IMDS does not list it.
  ///
  /// Whether any ENI of the instance, for example the primary, lists
  /// ``InterfaceKey/networkCard`` tells whether the instance type has it.
  /// One request; `patience` says how long to try, until the client's deadline when nil.
  package func keys(
    of mac: MACAddress,
    patience: Patience? = nil
  ) throws(IMDSError) -> Lookup<Set<InterfaceKey>> {
    switch try client.get(Self.path(of: mac), patience: patience) {
    case .absent: .absent
    case .present(let listing):
      .present(
        Set(
          MetadataText.words(listing).compactMap {
            InterfaceKey(rawValue: String(MetadataText.withoutSlash($0)))
          }
        )
      )
    }
  }

  /// Whether this instance's type tells network cards: whether the primary lists the key.
  ///
  /// The primary's metadata is complete at all times. One request.
  package func listsNetworkCards(
    _ primary: MACAddress,
    patience: Patience? = nil
  ) throws(IMDSError) -> Bool {
    guard case .present(let keys) = try keys(of: primary, patience: patience) else { return false }
    return keys.contains(.networkCard)
  }

  /// Reads the facts of one ENI in a single pass: its listing, then the keys that it lists.
  ///
  /// At most 10 requests; 6 for a plain ENI with `network-card`. The pass ends with the first reason
  /// not to believe it. It waits for nothing: that is ``FactsSettling``'s part.
  ///
  /// - Parameters:
  ///   - mac: Which ENI.
  ///   - isPrimary: Whether `mac` equals ``primaryMAC(patience:)``.
  ///   - networkCardExpected: Whether this instance type has the key `network-card`: some ENI of
  ///     the instance has listed it. When false, an ENI without it is on card 0. Only asked when
  ///     the ENI's own listing leaves it open, so that finding out may cost a request.
  ///   - patience: How long to try; the client's deadline when nil.
  /// - Returns: The facts, or why they are not to be believed yet.
  /// - Throws: What ``IMDSClient/get(_:patience:)`` throws, and malformed values.
  package func read(
    mac: MACAddress,
    isPrimary: Bool,
    networkCardExpected: @autoclosure () throws(IMDSError) -> Bool,
    patience: Patience? = nil
  ) throws(IMDSError) -> InterfaceReading {
    guard case .present(let listing) = try keys(of: mac, patience: patience) else {
      return .unsettled(.notListed)
    }
    let isCardExpected = listing.contains(.networkCard) ? true : try networkCardExpected()
    var values: [InterfaceKey: String] = [:]
    func facts() -> InterfaceFacts {
      InterfaceFacts(
        mac: mac,
        isPrimary: isPrimary,
        networkCardExpected: isCardExpected,
        values: values
      )
    }
    for keys in [Self.slotKeys, Self.otherKeys(of: listing)] {
      for key in keys where listing.contains(key) {
        let value = try client.get(Self.path(of: mac, key), patience: patience)
        guard case .present(let text) = value else { return .unsettled(.keyVanished(key)) }
        values[key] = text
      }
      // While the slot is not known, the rest is not worth its requests.
      if let doubt = try facts().doubtAboutAttachment() { return .unsettled(doubt) }
    }
    return try facts().reading()
  }

  /// The subnet of an ENI (`subnet-id`); nil where IMDS does not have it.
  ///
  /// One request; `patience` says how long to try, until the client's deadline when nil.
  package func subnetID(of mac: MACAddress, patience: Patience? = nil) throws(IMDSError)
    -> SubnetID?
  {
    try words(.subnetID, of: mac, patience).first.flatMap { SubnetID($0) }
  }

  /// The security groups of an ENI (`security-group-ids`); empty where IMDS does not have them.
  ///
  /// One request; `patience` says how long to try, until the client's deadline when nil.
  package func securityGroups(
    of mac: MACAddress,
    patience: Patience? = nil
  ) throws(IMDSError) -> [SecurityGroupID] {
    try words(.securityGroupIDs, of: mac, patience).compactMap { SecurityGroupID($0) }
  }

  private func words(
    _ key: InterfaceKey,
    of mac: MACAddress,
    _ patience: Patience?
  ) throws(IMDSError) -> [Substring] {
    guard case .present(let text) = try client.get(Self.path(of: mac, key), patience: patience)
    else {
      return []
    }
    return MetadataText.words(text)
  }

  /// The public IPv4 address of each private one that has one, as an Elastic IP is (`ipv4-associations/`).
  ///
  /// One request, and one more for each public address; for reports, since no plan needs it.
  package func publicAddresses(
    of mac: MACAddress,
    patience: Patience? = nil
  ) throws(IMDSError) -> [IPAddress: IPAddress] {
    let directory = Self.path(of: mac, .ipv4Associations) + "/"
    guard case .present(let listing) = try client.get(directory, patience: patience) else {
      return [:]
    }
    var found: [IPAddress: IPAddress] = [:]
    for word in MetadataText.words(listing) {
      let mapped = try Self.address(word, at: directory)
      guard case .present(let text) = try client.get("\(directory)\(mapped)", patience: patience)
      else { continue }
      for word in MetadataText.words(text) {
        found[try Self.address(word, at: "\(directory)\(mapped)")] = mapped
      }
    }
    return found
  }

  private static func address(
    _ word: Substring,
    at path: String
  ) throws(IMDSError) -> IPAddress {
    guard let address = IPv4Address(word) else {
      throw .malformed(key: path, value: UntrustedText(word), expected: "IPv4 addresses")
    }
    return .v4(address)
  }

  private func required(_ path: String, _ patience: Patience?) throws(IMDSError) -> String {
    guard case .present(let text) = try client.get(path, patience: patience) else {
      throw .missing(path: path)
    }
    return String(MetadataText.trimmed(text))
  }

  private static let macsPath = "meta-data/network/interfaces/macs/"

  static func path(of mac: MACAddress, _ key: InterfaceKey? = nil) -> String {
    "\(macsPath)\(mac)/\(key?.rawValue ?? "")"
  }

  private static let slotKeys: [InterfaceKey] = [.deviceNumber, .networkCard]

  /// The block of an IPv6 subnet in which the ENI has nothing is not worth a request.
  private static func otherKeys(of listing: Set<InterfaceKey>) -> [InterfaceKey] {
    let isIPv6Used = listing.contains(.ipv6s) || listing.contains(.ipv6Prefix)
    return [.interfaceID, .localIPv4s, .subnetIPv4Block, .ipv4Prefix]
      + (isIPv6Used ? [.ipv6s, .subnetIPv6Blocks, .ipv6Prefix] : [])
  }
}
