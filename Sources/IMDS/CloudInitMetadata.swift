// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import NetworkModel

/// What cloud-init has already asked IMDS in this boot: the facts of all ENIs, for no request.
///
/// From the file `/run/cloud-init/instance-data.json`, which cloud-init writes at each boot, before any
/// network manager starts (cloud-init's "Instance metadata"). Its datasource keeps IMDS's names,
/// and makes a list of a value of several lines. It asks a version of 2021, so keys that came later
/// are missing: enough to configure an ENI by, not to remove anything for.
package struct CloudInitMetadata: Hashable, Sendable {
  /// Where cloud-init leaves it.
  package static let path = "/run/cloud-init/instance-data.json"

  /// The instance that the facts are of.
  package let instance: InstanceID
  /// The primary, and the ENIs whose facts are complete.
  package let network: InstanceNetwork
  /// The ENIs of whom something is told that cannot be, and what; they are not in ``network``.
  package let malformed: [MACAddress: IMDSError]

  /// Reads the file's content; nil when it is not that of an EC2 instance.
  ///
  /// - Throws: ``IMDSError/malformed(key:value:expected:)`` when it lists something else than MACs.
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
      interfaces: interfaces.sorted { $0.mac < $1.mac }
    )
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

  /// One ENI's keys, those that we read, as IMDS would serve them.
  private struct Values: Decodable {
    var values: [InterfaceKey: String] = [:]

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      for key in InterfaceKey.allCases {
        guard let value: Value = try fields.value(key.rawValue) else { continue }
        values[key] = value.lines
      }
    }
  }

  /// A value of one line, or the list that cloud-init makes of several.
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
