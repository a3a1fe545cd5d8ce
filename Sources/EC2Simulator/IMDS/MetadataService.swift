// SPDX-License-Identifier: Apache-2.0

import NetworkModel

/// The service behind the sockets: tokens, tree, faults, log.
///
/// It knows no socket and no clock.
struct MetadataService: Sendable {
  /// What to do about a request.
  struct Outcome: Sendable {
    let response: HTTPResponse
    let fault: Fault?
  }

  private struct AttachedENI: Sendable {
    var eni: SimulatedENI
    let since: Duration
  }

  private struct ActiveFault: Sendable {
    let prefix: String
    let fault: Fault
    let end: Duration?
    var remaining: Int?
  }

  var configuration: IMDSServerConfiguration
  var instance: SimulatedInstance
  private(set) var log: [RequestRecord] = []
  private var interfaces: [AttachedENI] = []
  private var overrides: [(path: String, text: String?)] = []
  private var faults: [ActiveFault] = []
  private var tokens: [String: Duration] = [:]

  init(instance: SimulatedInstance, configuration: IMDSServerConfiguration) {
    self.instance = instance
    self.configuration = configuration
  }
}

// What tests change while the server runs.
extension MetadataService {
  var attachedENIs: [SimulatedENI] { interfaces.map(\.eni) }

  mutating func attach(_ eni: SimulatedENI, now: Duration) {
    interfaces.removeAll { $0.eni.mac == eni.mac }
    interfaces.append(AttachedENI(eni: eni, since: now))
  }

  mutating func detach(_ mac: MACAddress) {
    interfaces.removeAll { $0.eni.mac == mac }
  }

  mutating func change(_ mac: MACAddress, _ body: (inout SimulatedENI) -> Void) {
    for index in interfaces.indices where interfaces[index].eni.mac == mac {
      body(&interfaces[index].eni)
    }
  }

  mutating func override(_ path: String, with text: String?) {
    overrides.append((path, text))
  }

  mutating func clearOverrides() { overrides.removeAll() }

  mutating func fail(_ prefix: String, with fault: Fault, limit: FaultLimit, now: Duration) {
    let path = "/" + prefix.drop { $0 == "/" }
    switch limit {
    case .always:
      faults.append(ActiveFault(prefix: path, fault: fault, end: nil, remaining: nil))
    case .lasting(let time):
      faults.append(ActiveFault(prefix: path, fault: fault, end: now + time, remaining: nil))
    case .times(let count):
      faults.append(ActiveFault(prefix: path, fault: fault, end: nil, remaining: count))
    }
  }

  mutating func clearFaults() { faults.removeAll() }

  mutating func forgetTokens() { tokens.removeAll() }

  mutating func clearLog() { log.removeAll() }

  mutating func record(_ record: RequestRecord) { log.append(record) }
}

// What a request gets.
extension MetadataService {
  mutating func outcome(of request: HTTPRequest, now: Duration) -> Outcome {
    if isOverRate(now: now) { return Outcome(response: .failure(503), fault: .hang) }
    let fault = nextFault(for: request.path, now: now)
    switch fault {
    case .status(let status, let retryAfter):
      return Outcome(response: .failure(status, retryAfter: retryAfter), fault: nil)
    case .body(let text):
      return Outcome(response: HTTPResponse(status: 200, text: text), fault: nil)
    case nil, .hang, .delay, .slowBody, .cutBody, .longBody, .oversizeHeaders, .garbage, .reset:
      return Outcome(response: answer(request, now: now), fault: fault)
    }
  }

  private mutating func answer(_ request: HTTPRequest, now: Duration) -> HTTPResponse {
    guard configuration.isEnabled else { return .failure(403) }
    switch request.method {
    case "PUT": return issueToken(request, now: now)
    case "GET", "HEAD":
      guard let token = request.headers["x-aws-ec2-metadata-token"], let end = tokens[token],
        now < end
      else { return .failure(401) }
      return read(request.path, now: now)
    default: return .failure(405)
    }
  }

  private mutating func issueToken(_ request: HTTPRequest, now: Duration) -> HTTPResponse {
    // A reverse proxy on the instance adds this header; with it no token is given away.
    guard request.headers["x-forwarded-for"] == nil else { return .failure(403) }
    guard request.path == "/latest/api/token" else {
      return .failure(request.path.hasSuffix("/api/token") ? 403 : 405)
    }
    guard let text = request.headers["x-aws-ec2-metadata-token-ttl-seconds"],
      let seconds = Int(text), (1...21_600).contains(seconds)
    else { return .failure(400) }
    let random = (0..<5).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }
    let token = "AQAEA" + random.joined().uppercased() + "=="
    tokens[token] = now + .seconds(seconds)
    var response = HTTPResponse(status: 200, text: token)
    response.headers.append(("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", String(seconds)))
    return response
  }

  private func read(_ path: String, now: Duration) -> HTTPResponse {
    let parts = path.split(separator: "/", maxSplits: 1)
    guard let version = parts.first else { return value(Self.versions.joined(separator: "\n")) }
    guard Self.versions.contains(String(version)) else { return .failure(404) }
    var tree = MetadataTree(
      instance: instance,
      interfaces: interfaces.map { ($0.eni, now - $0.since) }
    )
    for (path, text) in overrides { tree.override(path, with: text) }
    switch tree.node(at: parts.count > 1 ? String(parts[1]) : "") {
    case .leaf(let text): return value(text)
    case .directory(let names): return value(names.joined(separator: "\n"))
    case nil: return .failure(404)
    }
  }

  private static let versions = [
    "2009-04-04", "2016-09-02", "2018-09-24", "2021-01-03", "2021-03-23", "2021-07-15", "latest",
  ]

  private func value(_ text: String) -> HTTPResponse {
    HTTPResponse(status: 200, text: configuration.endsWithNewline ? text + "\n" : text)
  }

  private mutating func nextFault(for path: String, now: Duration) -> Fault? {
    faults.removeAll { $0.end.map { $0 <= now } ?? false || $0.remaining == 0 }
    guard let index = faults.firstIndex(where: { path.hasPrefix($0.prefix) }) else { return nil }
    faults[index].remaining = faults[index].remaining.map { $0 - 1 }
    return faults[index].fault
  }

  private func isOverRate(now: Duration) -> Bool {
    guard let limit = configuration.rateLimit else { return false }
    let recent = log.count { $0.status != nil && $0.time > now - limit.window }
    return recent >= limit.requests
  }
}
