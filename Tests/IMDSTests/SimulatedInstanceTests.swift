// SPDX-License-Identifier: Apache-2.0

import EC2Simulator
import NetworkModel
import Testing

@testable import IMDS

@Suite("Facts from a simulated instance")
struct SimulatedInstanceTests {
  private static let primaryMAC = "02:00:00:00:00:00"
  private static let secondMAC = "02:00:00:00:00:01"

  /// An instance with a primary ENI, a second one, and a client of its metadata.
  private final class Bench {
    let server: IMDSServer
    let metadata: InstanceMetadata
    let second: SimulatedENI

    init(
      card: Int = 0,
      device: Int = 1,
      ipv4: SimulatedENI.Block? = .init("10.0.2.0/24", "10.0.2.7", "10.0.2.5"),
      ipv6: SimulatedENI.Block? = nil,
      change: (inout SimulatedENI) -> Void = { _ in }
    ) throws {
      let primary = try SimulatedENI(
        mac: primaryMAC,
        device: 0,
        ipv4: .init("10.0.1.0/24", "10.0.1.4")
      )
      var second = try SimulatedENI(
        mac: secondMAC,
        device: device,
        card: card,
        ipv4: ipv4,
        ipv6: ipv6
      )
      change(&second)
      self.second = second
      let id = try #require(InstanceID("i-0123456789abcdef0"))
      server = try IMDSServer(instance: SimulatedInstance(id: id), interfaces: [second, primary])
      let endpoint = try #require(IMDSEndpoint(loopback: server.endpoint.dropFirst(7)))
      metadata = InstanceMetadata(client: .quick(endpoint))
    }

    deinit { server.stop() }

    /// What an attach service does, from nothing to settled facts.
    func settle(
      _ mac: String = secondMAC,
      within limit: Duration = .seconds(20),
      onWait: (Unsettled, Duration) -> Void = { _, _ in }
    ) throws -> SettledInterface {
      let mac = try macAddress(mac)
      let primary = try metadata.primaryMAC()
      return try FactsSettling(metadata: metadata).settle(
        mac: mac,
        isPrimary: mac == primary,
        networkCardExpected: self.second.listsNetworkCard,
        deadline: .now + limit,
        isLinkPresent: { true },
        onWait: onWait
      )
    }
  }

  @Test("a plain ENI costs at most 8 requests over one connection, by the server's own log")
  func budget() throws {
    let bench = try Bench()
    let settled = try bench.settle()
    #expect(settled.interface == bench.second.interface)
    let paths = bench.server.log.map(\.path)
    #expect(paths.count <= 8, "\(paths)")
    #expect(bench.metadata.client.requestCount == paths.count)
    #expect(bench.server.connectionCount == 1)
    #expect(bench.server.log.allSatisfy { $0.status == 200 })
    #expect(bench.server.log.allSatisfy { $0.userAgent == "eni-init/9.8.7" })
  }

  @Test("the primary is an ENI like others, with device number 0")
  func primary() throws {
    let bench = try Bench()
    let interface = try bench.settle(Self.primaryMAC).interface
    #expect(interface.attachment == Attachment(networkCard: 0, deviceNumber: 0))
    #expect(
      Set(try bench.metadata.macs())
        == [try macAddress(Self.primaryMAC), try macAddress(Self.secondMAC)]
    )
  }

  @Test(
    "what is served is what is read, whatever the ENI and the wording",
    arguments: [false, true]
  )
  func shapes(_ isChunked: Bool) throws {
    let v4 = SimulatedENI.Block("10.0.2.0/24", "10.0.2.7", prefixes: ["10.0.2.16/28"])
    let v6 = SimulatedENI.Block(
      "2001:db8:1:2::/64",
      "2001:db8:1:2::7",
      prefixes: ["2001:db8:1:2:1::/80"]
    )
    let benches = [
      try settledAsServed(isChunked, ipv4: v4), try settledAsServed(isChunked, ipv6: v6),
      try settledAsServed(isChunked, ipv4: v4, ipv6: v6),
    ]
    #expect(benches.allSatisfy { $0 <= 12 })
  }

  private func settledAsServed(
    _ isChunked: Bool,
    ipv4: SimulatedENI.Block? = nil,
    ipv6: SimulatedENI.Block? = nil
  ) throws -> Int {
    let bench = try Bench(card: 2, device: 0, ipv4: ipv4, ipv6: ipv6)
    if isChunked {
      bench.server.configure {
        $0.framing = .chunked
        $0.endsWithNewline = true
      }
    }
    #expect(try bench.settle().interface == bench.second.interface)
    return bench.server.log.count
  }

  @Test(
    "an attachment that propagates is waited for and then read right",
    arguments: [
      MetadataTimeline().listed(after: .milliseconds(300)),
      MetadataTimeline().deviceNumberZero(until: .milliseconds(300)),
      MetadataTimeline().absent("network-card", until: .milliseconds(300)),
      MetadataTimeline().absent("local-ipv4s", until: .milliseconds(300)),
      MetadataTimeline().absent("interface-id", until: .milliseconds(300)),
      MetadataTimeline().absent("subnet-ipv4-cidr-block", until: .milliseconds(300)),
      MetadataTimeline().setting(
        "local-ipv4s",
        Timed(.text("10.9.9.9")).then(.truth, after: .milliseconds(300))
      ),
      MetadataTimeline().setting(
        "local-ipv4s",
        Timed(.text("")).then(.truth, after: .milliseconds(300))
      ),
      MetadataTimeline().listed(after: .milliseconds(200))
        .deviceNumberZero(until: .milliseconds(400))
        .absent("network-card", until: .milliseconds(600)),
    ]
  )
  func propagation(_ timeline: MetadataTimeline) throws {
    let bench = try Bench { $0.timeline = timeline }
    var waits = 0
    let settled = try bench.settle { _, _ in waits += 1 }
    #expect(settled.interface == bench.second.interface)
    #expect(waits > 0)
    #expect(settled.readings == waits + 1)
  }

  @Test("an EFA-only ENI settles without addresses after 3 s of agreement")
  func efaOnly() throws {
    let bench = try Bench(card: 1, device: 0, ipv4: .init("10.0.2.0/24"))
    let settled = try bench.settle()
    #expect(settled.interface.families.isEmpty)
    #expect(settled.interface.attachment == Attachment(networkCard: 1, deviceNumber: 0))
    #expect(settled.waited >= .seconds(3))
  }

  @Test("an ENI that IMDS never lists is not settled, and the error says so")
  func neverListed() throws {
    let bench = try Bench { $0.timeline = .init().listed(after: .seconds(3600)) }
    let error = #expect(throws: IMDSError.self) { try bench.settle(within: .milliseconds(500)) }
    guard case .notSettled(_, .notListed, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a type without network-card means card 0 and no waiting")
  func withoutNetworkCard() throws {
    let bench = try Bench { $0.listsNetworkCard = false }
    let settled = try bench.settle()
    #expect(settled.readings == 1)
    #expect(bench.server.log.count == 7)
  }

  @Test(
    "faults that pass cost time, not facts",
    arguments: [
      Fault.status(503, retryAfter: 0), .status(429), .hang, .reset, .cutBody(afterBytes: 1),
      .slowBody(bytesPerSecond: 2),
    ]
  )
  func faults(_ fault: Fault) throws {
    let bench = try Bench()
    bench.server.fail("latest/meta-data/network", with: fault, for: .times(3))
    #expect(try bench.settle().interface == bench.second.interface)
  }

  @Test(
    "faults that no IMDS has are refused at once",
    arguments: [Fault.garbage, .longBody(bytes: 1_048_576), .oversizeHeaders(bytes: 20_000)]
  )
  func refusedFaults(_ fault: Fault) throws {
    let bench = try Bench()
    bench.server.fail("latest/meta-data/network", with: fault)
    let error = #expect(throws: IMDSError.self) { try bench.settle() }
    guard case .failed(_, .invalidAnswer, attempts: 1)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("tokens that IMDS forgets are replaced; IMDS that is off is said to be")
  func tokens() throws {
    let bench = try Bench()
    _ = try bench.metadata.primaryMAC()
    bench.server.forgetTokens()
    _ = try bench.metadata.primaryMAC()
    #expect(bench.server.count("PUT") == 2)
    bench.server.advance(by: .seconds(301))
    _ = try bench.metadata.primaryMAC()
    #expect(bench.server.count("PUT") == 3)
    bench.server.configure { $0.isEnabled = false }
    #expect(throws: IMDSError.denied(path: "/latest/meta-data/mac")) {
      try bench.metadata.primaryMAC()
    }
  }

  @Test("a service that refuses connections for a while is found again")
  func refusals() throws {
    let bench = try Bench()
    bench.server.refuseConnections(for: .milliseconds(400))
    #expect(try bench.settle().interface == bench.second.interface)
  }
}
