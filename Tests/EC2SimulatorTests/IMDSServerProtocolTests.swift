// SPDX-License-Identifier: Apache-2.0

import EC2Simulator
import NetworkModel
import Testing

@Suite("IMDS server: protocol")
struct IMDSServerProtocolTests {
  struct StatusCase: CustomTestStringConvertible {
    let name: String
    let method: String
    let path: String
    var headers: [String: String] = [:]
    var sendsToken = false
    let status: Int

    var testDescription: String { "\(name) → \(status)" }
  }

  static let lifetime = "X-aws-ec2-metadata-token-ttl-seconds"
  static let tokenPath = "/latest/api/token"
  static let idPath = "/latest/meta-data/instance-id"

  static let statusCases: [StatusCase] = [
    .init(
      name: "shortest ttl",
      method: "PUT",
      path: tokenPath,
      headers: [lifetime: "1"],
      status: 200
    ),
    .init(
      name: "longest ttl",
      method: "PUT",
      path: tokenPath,
      headers: [lifetime: "21600"],
      status: 200
    ),
    .init(name: "no ttl", method: "PUT", path: tokenPath, status: 400),
    .init(name: "ttl 0", method: "PUT", path: tokenPath, headers: [lifetime: "0"], status: 400),
    .init(
      name: "ttl too long",
      method: "PUT",
      path: tokenPath,
      headers: [lifetime: "21601"],
      status: 400
    ),
    .init(name: "ttl text", method: "PUT", path: tokenPath, headers: [lifetime: "x"], status: 400),
    .init(
      name: "forwarded",
      method: "PUT",
      path: tokenPath,
      headers: [lifetime: "60", "X-Forwarded-For": "10.0.0.1"],
      status: 403
    ),
    .init(
      name: "versioned token path",
      method: "PUT",
      path: "/2021-07-15/api/token",
      headers: [lifetime: "60"],
      status: 403
    ),
    .init(name: "no token", method: "GET", path: idPath, status: 401),
    .init(
      name: "unknown token",
      method: "GET",
      path: idPath,
      headers: ["X-aws-ec2-metadata-token": "AQAEAunknown=="],
      status: 401
    ),
    .init(name: "GET", method: "GET", path: idPath, sendsToken: true, status: 200),
    .init(name: "HEAD", method: "HEAD", path: idPath, sendsToken: true, status: 200),
    .init(
      name: "absent",
      method: "GET",
      path: "/latest/meta-data/x",
      sendsToken: true,
      status: 404
    ),
    .init(
      name: "no user data",
      method: "GET",
      path: "/latest/user-data",
      sendsToken: true,
      status: 404
    ),
    .init(
      name: "dated version",
      method: "GET",
      path: "/2021-03-23/meta-data/mac",
      sendsToken: true,
      status: 200
    ),
    .init(
      name: "no such version",
      method: "GET",
      path: "/1999-01-01/meta-data/mac",
      sendsToken: true,
      status: 404
    ),
    .init(name: "POST", method: "POST", path: idPath, sendsToken: true, status: 405),
    .init(name: "DELETE", method: "DELETE", path: idPath, sendsToken: true, status: 405),
  ]

  @Test("every request gets the status of the real service", arguments: statusCases)
  func status(_ test: StatusCase) throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    var headers = test.headers
    if test.sendsToken { headers["X-aws-ec2-metadata-token"] = probe.token() }
    let answer = probe.request(test.method, test.path, headers)
    #expect(answer.status == test.status)
    if test.method == "HEAD" { #expect(answer.body.isEmpty) }
  }

  static let eniKeys = [
    "device-number", "interface-id", "ipv4-prefix", "ipv6-prefix", "ipv6s", "local-hostname",
    "local-ipv4s", "mac", "network-card", "owner-id", "security-group-ids", "security-groups",
    "subnet-id", "subnet-ipv4-cidr-block", "subnet-ipv6-cidr-blocks", "vpc-id",
    "vpc-ipv4-cidr-block", "vpc-ipv4-cidr-blocks", "vpc-ipv6-cidr-blocks",
  ]

  static let secondary = "\(Scenario.macs)\(Scenario.secondaryMAC)"

  static let bodies: [(String, String)] = [
    ("", "dynamic/\nmeta-data/"),
    ("meta-data/instance-id", "i-0123456789abcdef0"),
    ("meta-data/mac", Scenario.primaryMAC),
    ("meta-data/local-ipv4", "10.0.1.5"),
    ("meta-data/network", "interfaces/"),
    ("meta-data/network/interfaces", "macs/"),
    (Scenario.macs, "\(Scenario.primaryMAC)/\n\(Scenario.secondaryMAC)/"),
    (secondary, eniKeys.joined(separator: "\n")),
    ("\(secondary)/", eniKeys.joined(separator: "\n")),
    ("\(secondary)/device-number", "1"),
    ("\(secondary)/local-ipv4s", "10.0.2.7\n10.0.2.8"),
    ("\(secondary)/ipv4-prefix", "10.0.2.32/28"),
    ("\(secondary)/ipv6s", "2001:db8:1:2::7"),
    ("\(secondary)/ipv6-prefix", "2001:db8:1:2:a::/80"),
    ("\(secondary)/subnet-ipv4-cidr-block", "10.0.2.0/24"),
  ]

  @Test("bodies are exact", arguments: bodies)
  func body(_ path: String, _ body: String) throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let answer = try #require(HTTPProbe(server)).read(path)
    #expect(answer.status == 200)
    #expect(answer.body == body)
  }

  @Test("a final newline, chunks of eight bytes and closing are options")
  func wording() throws {
    var configuration = IMDSServerConfiguration()
    configuration.endsWithNewline = true
    let server = try Scenario.server(configuration)
    defer { server.stop() }
    #expect(HTTPProbe(server)?.read("meta-data/mac").body == Scenario.primaryMAC + "\n")
    server.configure {
      $0.endsWithNewline = false
      $0.framing = .chunked
    }
    let token = try #require(HTTPProbe(server)).token()
    let unit = "8\r\n"
    #expect(token.hasPrefix(unit) && token.hasSuffix("0\r\n\r\n"))
    server.configure {
      $0.framing = .contentLength
      $0.persistence = .close
    }
    let probe = try #require(HTTPProbe(server))
    let answer = probe.request("GET", Self.idPath)
    #expect(answer.status == 401)
    #expect(answer.head.contains("Connection: close"))
    #expect(probe.isClosedByServer)
  }

  @Test("one connection carries many requests by default")
  func keepAlive() throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    for _ in 0..<5 { #expect(probe.read("meta-data/mac").status == 200) }
    #expect(server.connectionCount == 1)
    #expect(server.log.map(\.connection) == [Int](repeating: 1, count: 10))
  }

  @Test("a token ends with its lifetime, and when the service forgets it")
  func expiry() throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    let token = probe.token(ttl: 60)
    let status = { probe.request("GET", Self.idPath, ["X-aws-ec2-metadata-token": token]).status }
    #expect(status() == 200)
    server.advance(by: .seconds(59))
    #expect(status() == 200)
    server.advance(by: .seconds(2))
    #expect(status() == 401)
    let second = probe.token()
    server.forgetTokens()
    #expect(
      probe.request("GET", Self.idPath, ["X-aws-ec2-metadata-token": second]).status == 401
    )
  }

  @Test("a service that is off answers 403 to everything")
  func off() throws {
    let server = try Scenario.server()
    defer { server.stop() }
    server.configure { $0.isEnabled = false }
    let probe = try #require(HTTPProbe(server))
    #expect(probe.request("PUT", Self.tokenPath, [Self.lifetime: "60"]).status == 403)
    #expect(probe.request("GET", Self.idPath).status == 403)
  }

  @Test("the log has method, path, status and user agent, and never a token")
  func log() throws {
    let server = try Scenario.server()
    defer { server.stop() }
    let probe = try #require(HTTPProbe(server))
    let token = probe.token()
    _ = probe.request(
      "GET",
      Self.idPath,
      ["X-aws-ec2-metadata-token": token, "User-Agent": "eni-init/1"]
    )
    let record = try #require(server.log.last)
    #expect(record.method == "GET" && record.path == Self.idPath && record.status == 200)
    #expect(record.userAgent == "eni-init/1")
    #expect(!"\(server.log)".contains(token))
    #expect(server.count("PUT") == 1 && server.count(nil, "latest/meta-data") == 1)
  }

  @Test("it serves on IPv6 too")
  func ipv6() throws {
    let server = try IMDSServer(
      instance: try Scenario.instance(),
      interfaces: [try Scenario.primary()],
      address: .v6(IPv6Address(rawValue: 1))
    )
    defer { server.stop() }
    #expect(server.endpoint == "http://[::1]:\(server.port)")
    #expect(HTTPProbe(server)?.read("meta-data/mac").body == Scenario.primaryMAC)
  }
}
