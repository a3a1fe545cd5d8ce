// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Testing

@testable import IMDS

@Suite("Instance metadata")
struct InstanceMetadataTests {
  private static let root = "/latest/meta-data/"
  private static let macs = root + "network/interfaces/macs/"
  private static let secondary = "02:00:00:00:00:01"
  private static let primary = "02:00:00:00:00:00"
  /// The keys of a plain ENI as captured on a single-card type in 2024.
  private static let unread = [
    "local-hostname", "mac", "owner-id", "security-group-ids", "security-groups", "subnet-id",
    "vpc-id", "vpc-ipv4-cidr-block", "vpc-ipv4-cidr-blocks",
  ]

  /// A server of this ENI, and of the instance around it.
  private func server(
    _ values: [InterfaceKey: String],
    alsoListed: [String] = unread
  ) throws -> ScriptedServer {
    let base = Self.macs + Self.secondary + "/"
    var tree = [
      Self.root + "mac": Self.primary,
      Self.root + "instance-id": "i-0123456789abcdef0\n",
      Self.macs: "\(Self.primary)/\n\(Self.secondary)/",
      base: (values.keys.map(\.rawValue) + alsoListed).sorted().joined(separator: "\n"),
    ]
    for (key, value) in values { tree[base + key.rawValue] = value }
    return try ScriptedServer { [tree] request, _ in
      if request.isToken { return .token }
      return tree[request.path].map { .answer($0) } ?? .answer("", status: "404 Not Found")
    }
  }

  private func metadata(_ server: ScriptedServer) -> InstanceMetadata {
    InstanceMetadata(client: .quick(server.endpoint))
  }

  @Test("a plain ENI costs 8 requests: token, mac, listing and five keys, over one connection")
  func budget() throws {
    let server = try server(InterfaceFactsTests.plain)
    let metadata = metadata(server)
    let primary = try metadata.primaryMAC()
    let mac = try macAddress(Self.secondary)
    let settled = try FactsSettling(metadata: metadata).settle(
      mac: mac,
      isPrimary: primary == mac,
      networkCardExpected: true,
      deadline: .now + .seconds(10),
      isLinkPresent: { true }
    )
    #expect(settled.interface.mac == mac)
    #expect(settled.readings == 1)
    #expect(server.requests.count == 8)
    #expect(metadata.client.requestCount == 8)
    #expect(server.connectionCount == 1)
    #expect(Set(server.requests.map(\.path)).count == 8)
  }

  @Test("no key is asked for that is not listed; a full dual-stack ENI costs 12 requests")
  func fullBudget() throws {
    let server = try server(InterfaceFactsTests.dual)
    let metadata = metadata(server)
    _ = try metadata.primaryMAC()
    let reading = try metadata.read(
      mac: try macAddress(Self.secondary),
      isPrimary: false,
      networkCardExpected: true
    )
    guard case .settled = reading else {
      Issue.record("\(reading)")
      return
    }
    #expect(server.requests.count == 12)
  }

  @Test("while the device number is not believable, a reading costs 3 requests")
  func earlyBudget() throws {
    var values = InterfaceFactsTests.plain
    values[.deviceNumber] = "0"
    let server = try server(values)
    let reading = try metadata(server).read(
      mac: try macAddress(Self.secondary),
      isPrimary: false,
      networkCardExpected: true
    )
    #expect(reading == .unsettled(.deviceNumberNotBelievable(0)))
    #expect(server.requests.count == 1 + 3)
  }

  @Test("a MAC whose listing is 404 is not listed")
  func notListed() throws {
    let server = try server(InterfaceFactsTests.plain)
    let reading = try metadata(server).read(
      mac: try macAddress("02:00:00:00:00:09"),
      isPrimary: false,
      networkCardExpected: false
    )
    #expect(reading == .unsettled(.notListed))
  }

  @Test("a key that is listed and 404 is unknown", arguments: InterfaceFactsTests.dual.keys)
  func vanished(_ key: InterfaceKey) throws {
    var values = InterfaceFactsTests.dual
    values[key] = nil
    let server = try server(values, alsoListed: [key.rawValue])
    let reading = try metadata(server).read(
      mac: try macAddress(Self.secondary),
      isPrimary: false,
      networkCardExpected: false
    )
    #expect(reading == .unsettled(.keyVanished(key)))
  }

  @Test("an EFA-only ENI is read from its identity and its subnet")
  func efaOnly() throws {
    var values = InterfaceFactsTests.plain
    values[.localIPv4s] = nil
    values[.deviceNumber] = "0"
    values[.networkCard] = "3"
    let server = try server(values)
    let reading = try metadata(server).read(
      mac: try macAddress(Self.secondary),
      isPrimary: false,
      networkCardExpected: true
    )
    guard case .unsettled(.noAddresses(let candidate)) = reading else {
      Issue.record("\(reading)")
      return
    }
    #expect(candidate.attachment == Attachment(networkCard: 3, deviceNumber: 0))
  }

  @Test("IPv6 addresses in a subnet with IPv4 but without local-ipv4s are not the whole ENI")
  func ipv4Missing() throws {
    var values = InterfaceFactsTests.dual
    values[.localIPv4s] = nil
    values[.ipv4Prefix] = nil
    let server = try server(values)
    let reading = try metadata(server).read(
      mac: try macAddress(Self.secondary),
      isPrimary: false,
      networkCardExpected: true
    )
    guard case .unsettled(.ipv4AddressesMissing) = reading else {
      Issue.record("\(reading)")
      return
    }
  }

  @Test("a listing may hold anything; only the keys we know are asked for")
  func hostileListing() throws {
    let server = try server(
      InterfaceFactsTests.plain,
      alsoListed: ["../../../api/token", "a b", "\u{1b}[2J", "local-ipv4s/", "%2e%2e/", "/"]
    )
    let reading = try metadata(server).read(
      mac: try macAddress(Self.secondary),
      isPrimary: false,
      networkCardExpected: true
    )
    guard case .settled = reading else {
      Issue.record("\(reading)")
      return
    }
    #expect(server.requests.count == 7)
  }

  @Test("the subnets of an ENI cost one request a family, and a family that it lacks has none")
  func subnets() throws {
    var values = InterfaceFactsTests.plain
    values[.subnetIPv6Blocks] = "2600:1f14:1:2::/64\n2600:1f14:9:9::/64"
    let mac = try macAddress(Self.secondary)
    let server = try server(values)
    let both = try metadata(server).subnets(of: mac, [.ipv4, .ipv6])
    #expect(both[.ipv4]?.map(\.description) == ["10.0.1.0/24"])
    #expect(both[.ipv6]?.map(\.description) == ["2600:1f14:1:2::/64", "2600:1f14:9:9::/64"])
    #expect(server.requests.count == 3, "a token and one a family")
    values[.subnetIPv6Blocks] = nil
    let without = try self.server(values)
    #expect(try metadata(without).subnets(of: mac, [.ipv6]) == [.ipv6: []])
    let elsewhere = try macAddress("02:00:00:00:00:77")
    #expect(try metadata(without).subnets(of: elsewhere, [.ipv6]).isEmpty, "not listed: unknown")
    let late = try self.server(values, alsoListed: Self.unread + ["subnet-ipv6-cidr-blocks"])
    #expect(try metadata(late).subnets(of: mac, [.ipv6]).isEmpty, "listed without a value: unknown")
    values[.subnetIPv6Blocks] = "10.0.0.0/24"
    let wrong = try self.server(values)
    #expect(throws: IMDSError.self) { try metadata(wrong).subnets(of: mac, [.ipv6]) }
  }

  @Test("the instance's own values are read, with or without a final line feed")
  func instance() throws {
    let server = try server(InterfaceFactsTests.plain)
    let metadata = metadata(server)
    #expect(try metadata.primaryMAC().description == Self.primary)
    #expect(try metadata.instanceID().text == "i-0123456789abcdef0")
    #expect(try metadata.macs().map(\.description) == [Self.primary, Self.secondary])
    #expect(
      try metadata.keys(of: try macAddress(Self.secondary))
        == .present(Set(InterfaceFactsTests.plain.keys).union([.subnetID, .securityGroupIDs]))
    )
    #expect(try metadata.keys(of: try macAddress("02:00:00:00:00:09")) == .absent)
  }

  @Test(
    "a broken value of the instance is malformed, and none at all is missing",
    arguments: [
      "x", "02:00:00:00:00", "02:00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00",
      "02-00-00-00-00-00", "../../etc/passwd", "02:00:00:00:00:0g", "02:00:00:00:00:01\u{0}",
      "i-xyz", "i-0123456789abcdef0/..",
    ]
  )
  func brokenInstance(_ value: String) throws {
    let server = try ScriptedServer { request, _ in request.isToken ? .token : .answer(value) }
    let metadata = metadata(server)
    let questions: [() throws -> Void] = [
      { _ = try metadata.primaryMAC() }, { _ = try metadata.instanceID() },
      { _ = try metadata.macs() },
    ]
    for question in questions {
      let error = #expect(throws: IMDSError.self) { try question() }
      guard case .malformed? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    let empty = try ScriptedServer { request, _ in
      request.isToken ? .token : .answer("", status: "404 Not Found")
    }
    let absent = self.metadata(empty)
    #expect(throws: IMDSError.missing(path: "meta-data/mac")) { try absent.primaryMAC() }
    #expect(throws: IMDSError.missing(path: "meta-data/network/interfaces/macs/")) {
      try absent.macs()
    }
  }
}
