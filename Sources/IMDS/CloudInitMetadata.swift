// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import NetworkModel

/// The metadata that cloud-init has read in this boot: the facts of all ENIs, without a request.
///
/// cloud-init writes the file `/run/cloud-init/instance-data.json` at each boot, before any network
/// manager starts (cloud-init, "Instance metadata"). The file keeps IMDS's key names. A value of one
/// line is a string, a value of several lines is a list, and a directory such as `ipv4-associations`
/// is an object. cloud-init reads API version 2021-03-23, so later keys are absent: the file is enough
/// to configure an ENI, and no reason to remove anything.
package struct CloudInitMetadata: Hashable, Sendable {
  /// Where cloud-init leaves it.
  package static let path = "/run/cloud-init/instance-data.json"

  /// The instance that the facts are of.
  package let instance: InstanceID
  /// The primary, and the ENIs whose facts are complete.
  package let network: InstanceNetwork
  /// The ENIs with a malformed value, and the value; they are not in ``network``.
  package let malformed: [MACAddress: IMDSError]

  /// Reads the file's content; nil when it does not name an EC2 instance id and a primary MAC.
  ///
  /// Only the keys that make an ENI are decoded, each by itself: a key in an unexpected form makes its
  /// own ENI malformed, and no other.
  ///
  /// - Throws: ``IMDSError/malformed(key:value:expected:)`` when it lists an ENI under a name that is no
  ///   MAC.
  package init?(_ content: String) throws(IMDSError) {
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(content.utf8)),
      let metadata = document.datasource?.metadata,
      let instance = metadata.instance.flatMap({ InstanceID($0) }),
      let primary = metadata.mac.flatMap({ MACAddress($0) })
    else { return nil }
    let macs = metadata.network?.interfaces?.macs ?? [:]
    var interfaces: [NetworkInterface] = []
    var malformed: [MACAddress: IMDSError] = [:]
    let isCardExpected = macs.values.contains { $0.values[.networkCard] != nil }
    for (text, facts) in macs {
      guard let mac = MACAddress(text) else {
        throw .malformed(key: Self.path, value: UntrustedText(text), expected: "a MAC")
      }
      do throws(IMDSError) {
        if let key = facts.undecoded {
          throw .malformed(
            key: "\(Self.path): \(key)",
            value: UntrustedText("another JSON type"),
            expected: "a string, a number, or a list of strings"
          )
        }
        let reading = try InterfaceFacts(
          mac: mac,
          isPrimary: mac == primary,
          networkCardExpected: isCardExpected,
          values: facts.values
        ).reading()
        if case .settled(let interface) = reading { interfaces.append(interface) }
      } catch {
        malformed[mac] = error
      }
    }
    self.instance = instance
    self.malformed = malformed
    network = InstanceNetwork(
      primaryMAC: primary,
      interfaces: interfaces.sorted { $0.mac < $1.mac },
      primarySubnets: Self.subnets(macs.first { MACAddress($0.key) == primary }?.value)
    )
  }

  /// The blocks of the subnet in an ENI's values; the file lists a key that the subnet has.
  private static func subnets(_ facts: Values?) -> [AddressFamily: [IPPrefix]] {
    guard let facts, facts.undecoded == nil else { return [:] }
    var subnets: [AddressFamily: [IPPrefix]] = [:]
    for family in AddressFamily.allCases {
      let key = InterfaceKey.Family.of(family).subnets
      let text = facts.values[key] ?? ""
      if let blocks = try? InstanceMetadata.blocks(text, of: family, at: path) {
        subnets[family] = blocks
      }
    }
    return subnets
  }
}

// The parts of the file that are read; names with a hyphen or, in some versions, an underscore.
extension CloudInitMetadata {
  private struct Document: Decodable {
    let datasource: Datasource?

    init(from decoder: any Decoder) throws {
      datasource = try Fields(decoder).value("ds")
    }
  }

  private struct Datasource: Decodable {
    let metadata: Metadata?

    init(from decoder: any Decoder) throws {
      metadata = try Fields(decoder).value("meta-data")
    }
  }

  private struct Metadata: Decodable {
    let instance: String?
    let mac: String?
    let network: Network?

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      instance = try fields.value("instance-id")
      mac = try fields.value("mac")
      network = try fields.value("network")
    }
  }

  private struct Network: Decodable {
    let interfaces: Interfaces?
  }

  private struct Interfaces: Decodable {
    let macs: [String: Values]?
  }

  /// The keys of one ENI that make its facts, in the form in which IMDS serves them.
  private struct Values: Decodable {
    var values: [InterfaceKey: String] = [:]
    /// A key that is there in a form that no version of cloud-init is known to write.
    var undecoded: InterfaceKey?

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      for key in InterfaceKey.facts {
        do {
          guard let value: Value = try fields.value(key.rawValue) else { continue }
          values[key] = value.lines
        } catch {
          undecoded = key
        }
      }
    }
  }

  /// A value of one line, or the list that cloud-init makes of several lines.
  private struct Value: Decodable {
    let lines: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        lines = text
      } else if let number = try? container.decode(Int.self) {
        lines = String(number)
      } else {
        lines = try container.decode([String].self).joined(separator: "\n")
      }
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }

  private struct Fields {
    private let container: KeyedDecodingContainer<Name>

    init(_ decoder: any Decoder) throws {
      container = try decoder.container(keyedBy: Name.self)
    }

    func value<Value: Decodable>(_ name: String) throws -> Value? {
      let other = name.split(separator: "-").joined(separator: "_")
      return try container.decodeIfPresent(Value.self, forKey: Name(stringValue: name))
        ?? container.decodeIfPresent(Value.self, forKey: Name(stringValue: other))
    }
  }
}
