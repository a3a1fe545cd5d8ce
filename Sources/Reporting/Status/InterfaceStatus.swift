// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// One ENI in the JSON form of a ``StatusReport``; docs/status.schema.json says what each key means.
struct InterfaceStatus: Encodable {
  /// An address of an ENI.
  struct Address: Encodable {
    let address: String
    let elasticIP: String?

    private enum CodingKeys: String, CodingKey {
      case address
      case elasticIP = "elastic-ip"
    }
  }

  let index: UInt32?
  let name: String?
  let eni: String?
  let mac: String
  let role: String
  let networkCard: UInt8?
  let deviceNumber: UInt8?
  let addresses: [Address]
  let delegatedPrefixes: [String]
  let subnets: [String]
  let subnetID: String?
  let table: UInt32?
  let mtu: UInt32?
  let state: String
  let reason: String?
  let drift: [String]

  private enum CodingKeys: String, CodingKey {
    case index
    case name
    case eni
    case mac
    case role
    case networkCard = "network-card"
    case deviceNumber = "device-number"
    case addresses
    case delegatedPrefixes = "delegated-prefixes"
    case subnets
    case subnetID = "subnet-id"
    case table
    case mtu
    case state
    case reason
    case drift
  }

  /// The JSON form of `eni`.
  init(_ eni: ENIView) {
    index = eni.link?.index.rawValue
    name = eni.link?.name.text
    self.eni = eni.id?.text
    mac = eni.mac.description
    role = eni.role.rawValue
    networkCard = eni.slot?.networkCard
    deviceNumber = eni.slot?.deviceNumber
    addresses = eni.addresses.map {
      Address(
        address: $0.description,
        elasticIP: eni.elasticIPs[$0.address].map(\.description)
      )
    }
    delegatedPrefixes = eni.delegatedPrefixes.map(\.description)
    subnets = eni.subnets.map(\.description)
    subnetID = eni.subnetID?.description
    table = eni.table?.rawValue
    mtu = eni.link?.mtu
    state = eni.state.word
    reason = eni.state.reason
    drift = eni.drift.map(\.description)
  }
}
