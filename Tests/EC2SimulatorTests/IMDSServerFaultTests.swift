// SPDX-License-Identifier: Apache-2.0

import EC2Simulator
import NetworkModel
import Testing

@Suite("IMDS server: faults")
struct IMDSServerFaultTests {
  static let path = "latest/meta-data/mac"

  private func answer(
    _ fault: Fault,
    timeout: Duration = .seconds(2)
  ) throws -> (HTTPProbe.Answer, isClosed: Bool) {
    let server = try Scenario.server()
    defer { server.stop() }
    server.fail(Self.path, with: fault, for: .times(1))
    let probe = try #require(HTTPProbe(server))
    let answer = probe.read("meta-data/mac", timeout: timeout)
    let next = probe.read("meta-data/mac")
    return (answer, next.status != 200)
  }

  @Test("a status replaces the answer", arguments: [401, 403, 404, 429, 500, 503])
  func status(_ status: Int) throws {
    let (answer, isClosed) = try answer(.status(status, retryAfter: 7))
    #expect(answer.status == status)
    #expect(answer.head.contains("Retry-After: 7"))
    #expect(!isClosed)
  }

  @Test("an empty 200 and any other body can be had")
  func body() throws {
    #expect(try answer(.body("")).0.status == 200)
    #expect(try answer(.body("")).0.body.isEmpty)
    #expect(try answer(.body("x\n")).0.body == "x\n")
  }

  @Test("a hung request gets no byte")
  func hang() throws {
    #expect(try answer(.hang, timeout: .milliseconds(200)).0.head.isEmpty)
  }

  @Test("a delayed answer is the true one")
  func delay() throws {
    let start = ContinuousClock.now
    #expect(try answer(.delay(.milliseconds(200))).0.body == Scenario.primaryMAC)
    #expect(ContinuousClock.now - start >= .milliseconds(200))
  }

  @Test("a slow body comes whole, byte by byte")
  func slow() throws {
    let start = ContinuousClock.now
    let (answer, isClosed) = try answer(.slowBody(bytesPerSecond: 100))
    #expect(answer.body == Scenario.primaryMAC && !isClosed)
    #expect(ContinuousClock.now - start >= .milliseconds(170))
  }

  @Test("a cut body is shorter than announced, then the connection ends")
  func cut() throws {
    let (answer, isClosed) = try answer(.cutBody(afterBytes: 5))
    #expect(answer.status == 200 && answer.head.contains("Content-Length: 17"))
    #expect(answer.body == "02:00" && isClosed)
  }

  @Test("a long body has the announced length")
  func long() throws {
    let (answer, _) = try answer(.longBody(bytes: 300_000))
    #expect(answer.head.contains("Content-Length: 300000"))
    #expect(answer.body.utf8.count == 300_000)
  }

  @Test("a head can be oversized")
  func oversize() throws {
    let (answer, _) = try answer(.oversizeHeaders(bytes: 100_000))
    #expect(answer.head.utf8.count >= 100_000 && answer.body == Scenario.primaryMAC)
  }

  @Test("garbage is no HTTP and a reset no answer; both end the connection")
  func broken() throws {
    let (garbage, isClosedAfterGarbage) = try answer(.garbage)
    #expect(garbage.status == nil && !garbage.head.isEmpty && isClosedAfterGarbage)
    let (reset, isClosedAfterReset) = try answer(.reset)
    #expect(reset.head.isEmpty && isClosedAfterReset)
  }

  @Test("faults end by count, by time and when cleared; faultless paths are untouched")
  func limits() throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    let status = { probe.read("meta-data/mac").status }
    server.fail(Self.path, with: .status(503), for: .times(2))
    #expect([status(), status(), status()] == [503, 503, 200])
    server.fail(Self.path, with: .status(500), for: .lasting(.seconds(30)))
    #expect(status() == 500)
    #expect(probe.read("meta-data/instance-id").status == 200)
    server.advance(by: .seconds(30))
    #expect(status() == 200)
    server.fail(with: .status(429))
    #expect(probe.request("PUT", "/latest/api/token").status == 429)
    server.clearFaults()
    #expect(status() == 200)
  }

  @Test("a refusing server closes its connections, takes none, and comes back on its port")
  func refuse() async throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    #expect(probe.read("meta-data/mac").status == 200)
    server.refuseConnections(for: .seconds(60))
    #expect(probe.isClosedByServer)
    #expect(HTTPProbe(server) == nil)
    server.clearFaults()
    #expect(
      await Scenario.eventually { HTTPProbe(server)?.read("meta-data/mac").status == 200 }
    )
  }

  @Test("requests beyond the rate are dropped without an answer")
  func rate() throws {
    var configuration = IMDSServerConfiguration()
    configuration.rateLimit = .init(requests: 4, window: .seconds(60))
    let server = try Scenario.server(configuration)
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    #expect(
      [probe.read("meta-data/mac").status, probe.read("meta-data/mac").status] == [200, 200]
    )
    #expect(
      probe.request("GET", "/" + Self.path, timeout: .milliseconds(100)).status == nil
    )
    server.advance(by: .seconds(61))
    #expect(HTTPProbe(server)?.read("meta-data/mac").status == 200)
  }
}
