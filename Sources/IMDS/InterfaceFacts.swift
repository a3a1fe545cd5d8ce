// SPDX-License-Identifier: Apache-2.0

package import NetworkModel

/// Makes an ENI of the values that its keys hold; pure, so any source of the values will do.
package struct InterfaceFacts {
  /// Which ENI.
  package let mac: MACAddress
  /// Whether it is the primary ENI.
  package let isPrimary: Bool
  /// Whether this instance type has the key `network-card`.
  package let networkCardExpected: Bool
  /// The values as served; a key that is not listed is not in here.
  package let values: [InterfaceKey: String]

  /// The facts that these values tell.
  package init(
    mac: MACAddress,
    isPrimary: Bool,
    networkCardExpected: Bool,
    values: [InterfaceKey: String]
  ) {
    self.mac = mac
    self.isPrimary = isPrimary
    self.networkCardExpected = networkCardExpected
    self.values = values
  }

  /// The ENI, or why the values do not make one yet; throws ``IMDSError/malformed(key:value:expected:)``
  /// when they never will.
  package func reading() throws(IMDSError) -> InterfaceReading {
    do throws(Doubt) {
      return .settled(try interface())
    } catch {
      return .unsettled(try Self.reason(error))
    }
  }

  /// Why the slot is not believable, nil when it is; needs the values of `device-number` and
  /// `network-card` only, so that a pass can end early.
  func doubtAboutAttachment() throws(IMDSError) -> Unsettled? {
    do throws(Doubt) {
      _ = try attachment()
      return nil
    } catch {
      return try Self.reason(error)
    }
  }

  private static func reason(_ doubt: Doubt) throws(IMDSError) -> Unsettled {
    switch doubt {
    case .unsettled(let reason): return reason
    case .failed(let error): throw error
    }
  }

  private func interface() throws(Doubt) -> NetworkInterface {
    let attachment = try attachment()
    let id = try interfaceID()
    let ipv4 = AddressFacts(.ipv4, values: values)
    let ipv6 = AddressFacts(.ipv6, values: values)
    let interface = NetworkInterface(
      id: id,
      mac: mac,
      attachment: attachment,
      ipv4: try ipv4.addresses(),
      ipv6: try ipv6.addresses()
    )
    if let key = ipv4.emptyList ?? ipv6.emptyList {
      throw .unsettled(.emptyList(key, candidate: interface))
    }
    if interface.families.isEmpty { throw .unsettled(.noAddresses(candidate: interface)) }
    // An ENI with a delegated IPv4 prefix has an address of its own, too.
    if interface.ipv4?.addresses.isEmpty ?? true, values[.subnetIPv4Block] != nil {
      throw .unsettled(.ipv4AddressesMissing(candidate: interface))
    }
    return interface
  }

  private func attachment() throws(Doubt) -> Attachment {
    let device = try number(.deviceNumber, maximum: Attachment.maximumDeviceNumber)
    let card =
      values[.networkCard] == nil
      ? nil : try number(.networkCard, maximum: Attachment.maximumNetworkCard)
    // The primary ENI is device 0. On another one, 0 means "not known yet", except on a further
    // card, each of which counts from 0.
    let isBelievable = isPrimary ? device == 0 : device > 0 || (card ?? 0) > 0
    guard isBelievable else { throw .unsettled(.deviceNumberNotBelievable(device)) }
    guard card != nil || !networkCardExpected else { throw .unsettled(.networkCardMissing) }
    guard let attachment = Attachment(networkCard: card ?? 0, deviceNumber: device) else {
      throw .malformed(.deviceNumber, String(device), expected: "a slot within our numbering")
    }
    return attachment
  }

  private func interfaceID() throws(Doubt) -> NetworkInterface.ID {
    let text = try value(.interfaceID)
    guard let id = NetworkInterface.ID(text) else {
      throw .malformed(.interfaceID, text, expected: "an ENI id")
    }
    return id
  }

  private func number(_ key: InterfaceKey, maximum: UInt8) throws(Doubt) -> Int {
    let text = try value(key)
    guard let number = DecimalNumber.parse(text), number <= Int(maximum) else {
      throw .malformed(key, text, expected: "a number from 0 to \(maximum)")
    }
    return number
  }

  private func value(_ key: InterfaceKey) throws(Doubt) -> Substring {
    guard let text = values[key] else { throw .unsettled(.keyNotListed(key)) }
    let value = MetadataText.trimmed(text)
    guard !value.isEmpty else { throw .unsettled(.keyVanished(key)) }
    return value
  }
}
