// SPDX-License-Identifier: Apache-2.0

import EC2Simulator
import IMDS
import NetworkModel
import Testing

@Suite("What cloud-init has asked IMDS")
struct CloudInitMetadataTests {
  static let primary = """
    "02:00:00:00:00:05": {"device-number": "0", "interface-id": "eni-00000020000000005",
      "local-ipv4s": ["10.0.0.10", "10.0.0.11"], "subnet-ipv4-cidr-block": "10.0.0.0/24",
      "ipv4-associations": {"203.0.113.5": "10.0.0.10"}, "public-ipv4s": "203.0.113.5",
      "public-hostname": "ec2-203-0-113-5.compute-1.amazonaws.com"}
    """
  static let second = """
    "02:00:00:00:00:06": {"device-number": "1", "interface-id": "eni-00000020000000006",
      "local-ipv4s": "10.0.1.10", "ipv4-prefix": "10.0.1.16/28",
      "subnet-ipv4-cidr-block": "10.0.1.0/24", "ipv6s": ["2600:1f14::a", "2600:1f14::b"],
      "subnet-ipv6-cidr-blocks": "2600:1f14::/64", "mac": "02:00:00:00:00:06",
      "owner-id": "123456789012", "security-groups": ["default", "ssh"],
      "security-group-ids": ["sg-0a1b2c3d", "sg-0b1b2c3d"],
      "ipv4-associations": {"203.0.113.7": "10.0.1.10", "203.0.113.8": "10.0.1.11"},
      "public-ipv4s": ["203.0.113.7", "203.0.113.8"]}
    """

  /// The file as cloud-init writes it, with these ENIs.
  private func content(_ interfaces: String...) -> String {
    """
    {"v1": {"cloud_name": "aws", "instance_id": "i-0fedcba9876543210"}, "base64_encoded_keys": [],
     "ds": {"_doc": "EXPERIMENTAL", "dynamic": {"instance-identity": {"document": {}}},
      "meta_data": {"ami-id": "ami-12345678", "instance-id": "i-0123456789abcdef0",
       "mac": "02:00:00:00:00:05", "network": {"interfaces": {"macs": {
         \(interfaces.joined(separator: ","))
       }}}, "public-keys": {"key": ["ssh-ed25519 x"]}}}}
    """
  }

  private func macs(_ content: String) throws -> [String] {
    try #require(try CloudInitMetadata(content)).network.interfaces.map(\.mac.description)
  }

  /// The second ENI, read with a key's value replaced.
  private func second(_ text: String, with other: String) throws -> NetworkInterface? {
    let changed = Self.second.replacing(text, with: other)
    try #require(changed != Self.second)
    return try CloudInitMetadata(content(changed))?.network.interfaces.first
  }

  @Test("the instance, its primary and every ENI are told, in the order of their MACs")
  func whole() throws {
    let metadata = try #require(try CloudInitMetadata(content(Self.second, Self.primary)))
    #expect(metadata.instance.text == "i-0123456789abcdef0")
    #expect(metadata.network.primaryMAC == (try macAddress("02:00:00:00:00:05")))
    #expect(
      metadata.network.interfaces.map(\.id.text)
        == ["eni-00000020000000005", "eni-00000020000000006"]
    )
    let primary = try #require(metadata.network.interfaces.first)
    #expect(primary.mac == metadata.network.primaryMAC)
    #expect(primary.attachment == Attachment(networkCard: 0, deviceNumber: 0))
    #expect(primary.ipv4?.addresses.map(\.description) == ["10.0.0.10", "10.0.0.11"])
    let second = try #require(metadata.network.interfaces.last)
    #expect(second.attachment == Attachment(networkCard: 0, deviceNumber: 1))
    #expect(second.ipv4?.addresses.map(\.description) == ["10.0.1.10"])
    #expect(second.ipv4?.delegatedPrefixes.map(\.description) == ["10.0.1.16/28"])
    #expect(second.ipv6?.subnet.description == "2600:1f14::/64")
    #expect(second.ipv6?.addresses.map(\.description) == ["2600:1f14::a", "2600:1f14::b"])
  }

  /// ENIs of every shape that EC2 has, each beside the primary of the examples.
  private static func shapes() throws -> [SimulatedENI] {
    let primary = try SimulatedENI.examplePrimary()
    let second = try SimulatedENI.exampleSecond()
    var uncarded = second
    uncarded.listsNetworkCard = false
    let ipv6Only = try SimulatedENI(
      mac: "02:00:00:00:00:07",
      device: 2,
      ipv6: .init("2001:db8:1:2::/64", "2001:db8:1:2::10", "2001:db8:1:2::11")
    )
    return [primary, second, uncarded, try .plainSecond(), ipv6Only]
  }

  @Test("the file that cloud-init writes about an ENI of any shape gives the facts of IMDS")
  func anyShape() throws {
    let primary = try SimulatedENI.examplePrimary()
    let instance = SimulatedInstance(id: try #require(InstanceID("i-0123456789abcdef0")))
    for eni in try Self.shapes() {
      var companion = primary
      companion.listsNetworkCard = eni.listsNetworkCard
      let interfaces = eni.mac == primary.mac ? [eni] : [companion, eni]
      let file = try InstanceData(of: instance, interfaces: interfaces).json()
      let metadata = try #require(try CloudInitMetadata(file))
      #expect(metadata.instance == instance.id && metadata.malformed.isEmpty)
      #expect(metadata.network.primaryMAC == primary.mac)
      #expect(metadata.network.interfaces == interfaces.map(\.interface), "\(file)")
    }
  }

  @Test("names with hyphens and with underscores are the same")
  func underscores() throws {
    let hyphens = content(Self.primary, Self.second)
    var underscores = hyphens
    for key in ["instance-id"] + InterfaceKey.allCases.map(\.rawValue) {
      underscores = underscores.replacing(
        "\"\(key)\"",
        with: "\"\(key.replacing("-", with: "_"))\""
      )
    }
    underscores = underscores.replacing("public-ipv4s", with: "public_ipv4s")
    try #require(underscores != hyphens)
    let metadata = try #require(try CloudInitMetadata(hyphens))
    #expect(try CloudInitMetadata(underscores) == metadata)
    #expect(try CloudInitMetadata(hyphens.replacing("meta_data", with: "meta-data")) == metadata)
  }

  @Test(
    "a list, its lines in one text and a single value are read alike",
    arguments: [
      (#""10.0.1.10""#, ["10.0.1.10"]), (#"["10.0.1.10"]"#, ["10.0.1.10"]),
      (#"["10.0.1.10", "10.0.1.5"]"#, ["10.0.1.10", "10.0.1.5"]),
      (#""10.0.1.10\n10.0.1.5\n""#, ["10.0.1.10", "10.0.1.5"]),
    ]
  )
  func lists(value: String, addresses: [String]) throws {
    let interface = try second(#""10.0.1.10""#, with: " " + value)
    #expect(interface?.ipv4?.addresses.map(\.description) == addresses)
  }

  @Test("a number may be a number")
  func numbers() throws {
    let interface = try second(#""device-number": "1""#, with: #""device-number": 7"#)
    #expect(interface?.attachment.deviceNumber == 7)
  }

  @Test(
    "what is no file of an EC2 instance tells nothing",
    arguments: [
      "", "null", "[]", "{}", "\u{0}", "<html>", #"{"ds": null}"#, #"{"ds": {}}"#,
      #"{"ds": {"meta_data": "x"}}"#, #"{"ds": {"meta_data": {}}}"#,
      // NoCloud, OpenStack and Azure.
      #"{"ds": {"meta_data": {"instance-id": "iid-local01", "local-hostname": "box"}}}"#,
      #"""
      {"ds": {"meta_data": {"instance-id": "d8e02d56-2648-49a3-bf97-6be8f1204f38",
        "mac": "02:00:00:00:00:05", "network_config": {"networks": []}}}}
      """#,
      #"""
      {"ds": {"meta_data": {"instance-id": "5c61d4b3-38a4-4c5c-8f5a-0c7f0f5b2a11",
        "network": {"interface": [{"macAddress": "020000000005"}]}}}}
      """#,
      #"{"ds": {"meta_data": {"instance-id": "i-0123456789abcdef0"}}}"#,
      #"{"ds": {"meta_data": {"mac": "02:00:00:00:00:05"}}}"#,
      #"{"ds": {"meta_data": {"instance-id": "i-../../etc", "mac": "02:00:00:00:00:05"}}}"#,
      #"{"ds": {"meta_data": {"instance-id": "i-0123456789abcdef0", "mac": "../../etc"}}}"#,
      #"{"ds": {"meta_data": {"instance-id": ["i-0123456789abcdef0"], "mac": 5}}}"#,
      String(repeating: "[", count: 100_000), String(repeating: #"{"ds":"#, count: 100_000),
    ]
  )
  func notOurs(content: String) throws {
    #expect(try CloudInitMetadata(content) == nil)
  }

  @Test("a file that was cut off tells nothing, wherever it ends")
  func cutOff() throws {
    let whole = content(Self.primary, Self.second)
    for length in stride(from: 0, to: whole.count, by: 7) {
      #expect(try CloudInitMetadata(String(whole.prefix(length))) == nil, "\(length)")
    }
  }

  @Test(
    "a fact of another JSON type is named, and no other ENI is lost for it",
    arguments: ["{}", "true", "1.5", "[1]", #"[["10.0.1.10"]]"#, #"["10.0.1.10", null]"#]
  )
  func otherKinds(value: String) throws {
    let changed = Self.second.replacing(
      #""local-ipv4s": "10.0.1.10""#,
      with: "\"local-ipv4s\": \(value)"
    )
    try #require(changed != Self.second)
    let metadata = try #require(try CloudInitMetadata(content(Self.primary, changed)))
    #expect(metadata.network.interfaces.map(\.mac.description) == ["02:00:00:00:00:05"])
    let error = try #require(metadata.malformed[try macAddress("02:00:00:00:00:06")])
    #expect("\(error)".contains("local-ipv4s"))
  }

  @Test(
    "a key that makes no fact may have any form",
    arguments: [
      #"{"203.0.113.7": "10.0.1.10"}"#, #"{"203.0.113.7": ["10.0.1.10", "10.0.1.11"]}"#, "{}", "[]",
      "null", "true", #"{"203.0.113.7": {"x": null}}"#,
    ]
  )
  func otherKeys(value: String) throws {
    for key in ["ipv4-associations", "public-ipv4s", "security-group-ids", "subnet-id", "tags"] {
      let eni = Self.second.replacing(#""mac": "02"#, with: "\"\(key)\": \(value), \"mac\": \"02")
      try #require(eni != Self.second)
      #expect(try macs(content(eni)) == ["02:00:00:00:00:06"], "\(key)")
    }
  }

  @Test("an instance without a list of ENIs has a primary nevertheless")
  func noInterfaces() throws {
    let instance = #""instance-id": "i-0123456789abcdef0", "mac": "02:00:00:00:00:05""#
    for rest in ["", #", "network": null"#, #", "network": {"interfaces": {"macs": {}}}"#] {
      let metadata = try CloudInitMetadata(#"{"ds": {"meta_data": {\#(instance)\#(rest)}}}"#)
      #expect(metadata?.network.primaryMAC == (try macAddress("02:00:00:00:00:05")))
      #expect(metadata?.network.interfaces.isEmpty == true)
    }
  }

  @Test(
    "an ENI whose facts are not complete is left out, the others are not",
    arguments: [
      (#""device-number": "1","#, ""), (#""device-number": "1""#, #""device-number": "0""#),
      (#""device-number": "1""#, #""device-number": null"#),
      (#""interface-id": "eni-00000020000000006","#, ""),
      (#""subnet-ipv4-cidr-block": "10.0.1.0/24","#, ""),
      (#""subnet-ipv4-cidr-block": "10.0.1.0/24""#, #""subnet-ipv4-cidr-block": "10.9.0.0/24""#),
      (#""10.0.1.10""#, #""""#), (#""10.0.1.10""#, "[]"), (#""10.0.1.16/28""#, #""""#),
      (#""local-ipv4s": "10.0.1.10", "ipv4-prefix": "10.0.1.16/28","#, ""),
    ]
  )
  func incomplete(text: String, other: String) throws {
    let changed = Self.second.replacing(text, with: other)
    try #require(changed != Self.second)
    let third = Self.second.replacing("00:06", with: "00:07").replacing("10.0.1.", with: "10.0.2.")
      .replacing(#""device-number": "1""#, with: #""device-number": "2""#)
    #expect(
      try macs(content(Self.primary, changed, third))
        == ["02:00:00:00:00:05", "02:00:00:00:00:07"]
    )
  }

  @Test("where one ENI has a network card, those without are not settled")
  func networkCards() throws {
    let carded = Self.second.replacing("{", with: #"{"network-card": "1", "#)
    #expect(try macs(content(Self.primary, carded)) == ["02:00:00:00:00:06"])
    let primary = Self.primary.replacing("{", with: #"{"network-card": 0, "#)
    let metadata = try #require(try CloudInitMetadata(content(primary, carded)))
    #expect(metadata.network.interfaces.map(\.attachment.networkCard) == [0, 1])
    let third = Self.second.replacing("00:06", with: "00:07")
    #expect(
      try macs(content(primary, carded, third)) == ["02:00:00:00:00:05", "02:00:00:00:00:06"]
    )
  }

  @Test(
    "hostile and broken values are named, and nothing is told of their ENI",
    arguments: [
      ("02:00:00:00:00:06", "../../etc/passwd"), ("02:00:00:00:00:06", "02:00:00:00:00"),
      ("02:00:00:00:00:06", ""), ("02:00:00:00:00:06", #"02:00:00:00:00:06\nfe:00"#),
      ("02:00:00:00:00:06", "03:00:00:00:00:06"),
      ("02:00:00:00:00:06", String(repeating: "0", count: 60_000)),
      ("eni-00000020000000006", #"eni-00000020000000006\nFeb 1 kernel: forged"#),
      ("eni-00000020000000006", "eni-00000020000000006/../.."),
      ("eni-00000020000000006", #"\u001b[31meni"#),
      ("eni-00000020000000006", String(repeating: "e", count: 60_000)),
      (#""device-number": "1""#, #""device-number": -1"#),
      (#""device-number": "1""#, #""device-number": 9223372036854775807"#),
      (#""device-number": "1""#, #""device-number": ["1", "2"]"#),
      ("10.0.1.10", #"10.0.1.10\n10.0.1.10"#), ("10.0.1.10", "169.254.1.1"),
      ("10.0.1.0/24", "0.0.0.0/0"), ("2600:1f14::b", "fe80::1"),
    ]
  )
  func hostile(text: String, other: String) throws {
    let changed = Self.second.replacing(text, with: other)
    try #require(changed != Self.second)
    do {
      let metadata = try #require(try CloudInitMetadata(content(Self.primary, changed)))
      #expect(metadata.network.interfaces.map(\.mac.description) == ["02:00:00:00:00:05"])
      expectNamed(metadata.malformed.values.first)
    } catch let error as IMDSError {
      expectNamed(error)
    }
  }

  private func expectNamed(_ error: IMDSError?) {
    guard case .malformed? = error else {
      Issue.record("\(String(describing: error).prefix(200))")
      return
    }
    let message = "\(error.map(\.description) ?? "")"
    #expect(message.utf8.count < 400)
    #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
  }
}
