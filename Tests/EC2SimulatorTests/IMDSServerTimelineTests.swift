// SPDX-License-Identifier: Apache-2.0

import EC2Simulator
import NetworkModel
import Testing

@Suite("IMDS server: timeline")
struct IMDSServerTimelineTests {
  static let thirdMAC = "02:00:00:00:03:09"

  struct TimelineCase: CustomTestStringConvertible {
    let testDescription: String
    let timeline: MetadataTimeline
    let key: String
    /// What `key` says (nil: 404) at each second.
    let expected: [(second: Int, body: String?)]
  }

  static let cases: [TimelineCase] = [
    .init(
      testDescription: "late MAC",
      timeline: MetadataTimeline().listed(after: .seconds(3)),
      key: "device-number",
      expected: [(0, nil), (2, nil), (3, "2")]
    ),
    .init(
      testDescription: "omitted MAC",
      timeline: MetadataTimeline().omitted(after: .seconds(9)),
      key: "mac",
      expected: [(8, thirdMAC), (9, nil)]
    ),
    .init(
      testDescription: "device number 0 at first",
      timeline: MetadataTimeline().deviceNumberZero(until: .seconds(2)),
      key: "device-number",
      expected: [(0, "0"), (1, "0"), (2, "2")]
    ),
    .init(
      testDescription: "absent key",
      timeline: MetadataTimeline().absent("network-card", until: .seconds(5)),
      key: "network-card",
      expected: [(0, nil), (5, "0")]
    ),
    .init(
      testDescription: "addresses one after another",
      timeline: MetadataTimeline().lines(
        ["10.0.3.9", "10.0.3.10", "10.0.3.11"],
        of: "local-ipv4s",
        oneEvery: .seconds(5)
      ),
      key: "local-ipv4s",
      expected: [
        (0, "10.0.3.9"), (5, "10.0.3.9\n10.0.3.10"), (10, "10.0.3.9\n10.0.3.10\n10.0.3.11"),
      ]
    ),
    .init(
      testDescription: "present but empty",
      timeline: MetadataTimeline().text("", for: "ipv6s"),
      key: "ipv6s",
      expected: [(0, "")]
    ),
  ]

  @Test("a fact becomes true at its second", arguments: cases)
  func fact(_ test: TimelineCase) throws {
    let server = try Scenario.server()
    defer { server.stop() }
    // Time before the attachment does not count.
    server.advance(by: .seconds(100))
    var eni = try SimulatedENI(
      mac: Self.thirdMAC,
      device: 2,
      ipv4: .init("10.0.3.0/24", "10.0.3.9", "10.0.3.10")
    )
    eni.timeline = test.timeline
    server.attach(eni)
    let probe = try #require(HTTPProbe(server))
    var second = 0
    for (next, body) in test.expected {
      server.advance(by: .seconds(next - second))
      second = next
      let answer = probe.read("\(Scenario.macs)\(Self.thirdMAC)/\(test.key)")
      #expect(answer.status == (body == nil ? 404 : 200), "at \(next) s")
      if let body { #expect(answer.body == body, "at \(next) s") }
      let isListed = probe.read(Scenario.macs).body.contains(Self.thirdMAC)
      #expect(isListed == test.timeline.isListed.value(at: .seconds(next)), "at \(next) s")
    }
  }

  @Test("ENIs come, change and go while the server runs")
  func attachAndDetach() throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    var eni = try SimulatedENI(
      mac: Self.thirdMAC,
      device: 0,
      card: 1,
      ipv4: .init("10.0.3.0/24")
    )
    eni.listsNetworkCard = true
    server.attach(eni)
    let directory = "\(Scenario.macs)\(Self.thirdMAC)/"
    #expect(probe.read(directory + "network-card").body == "1")
    // EFA-only: a subnet but no address.
    #expect(eni.isEFAOnly)
    #expect(probe.read(directory + "local-ipv4s").status == 404)
    #expect(probe.read(directory + "subnet-ipv4-cidr-block").status == 200)
    server.change(eni.mac) { $0.listsNetworkCard = false }
    #expect(probe.read(directory + "network-card").status == 404)
    server.detach(eni.mac)
    #expect(probe.read(directory).status == 404)
  }

  @Test("any path can be overridden, and removed with all below it")
  func override() throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    server.override("user-data", with: "#cloud-config\n")
    server.override("meta-data/mac", with: "nonsense")
    server.override("meta-data/network", with: nil)
    #expect(probe.read("user-data").body == "#cloud-config\n")
    #expect(probe.read("meta-data/mac").body == "nonsense")
    #expect(probe.read(Scenario.macs).status == 404)
    server.clearOverrides()
    #expect(probe.read("meta-data/mac").body == Scenario.primaryMAC)
  }
}
