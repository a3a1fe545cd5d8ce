// SPDX-License-Identifier: Apache-2.0

/// Why one request got no usable answer.
package enum RequestFailure: Error, Hashable, Sendable {
  /// No endpoint could be connected to, and the kernel forbids the way to at least one.
  case prohibited([ConnectFailure])
  /// The links of the ENIs cannot be read; the text says why.
  case linksUnknown(String)
  /// No endpoint could be connected to; without an entry, no link of an ENI is up and
  /// has an address.
  case unreachable([ConnectFailure])
  /// No whole answer came within the limit.
  case timedOut(after: Duration)
  /// The time for trying was over before the first attempt.
  case outOfTime
  /// The connection was closed or reset before the answer began, or broke within it: the errno(3)
  /// value, 0 when the server closed it.
  case connectionLost(code: CInt)
  /// The answer ended early: a cut head, fewer bytes than announced, an unfinished chunk.
  case incompleteAnswer
  /// What came is not the HTTP that IMDS speaks; the text says which rule it breaks.
  case invalidAnswer(String)
  /// The answer carries a status that is not a result, and how long it asks to wait.
  case status(Int, retryAfter: Duration?)
  /// The path holds characters that may not go into a request.
  case invalidPath

  /// Whether the same request may succeed a moment later.
  package var isTransient: Bool {
    switch self {
    case .unreachable, .timedOut, .outOfTime, .connectionLost, .incompleteAnswer: true
    case .status(let status, _): status == 429 || (500...599).contains(status)
    case .linksUnknown, .prohibited, .invalidAnswer, .invalidPath: false
    }
  }

  /// How long IMDS asked to wait, if it did.
  package var retryAfter: Duration? {
    if case .status(_, let retryAfter) = self { retryAfter } else { nil }
  }
}

extension RequestFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .prohibited(let failures):
      """
      the kernel prohibits the route (\(Self.list(failures))); when systemd-imdsd has locked IMDS, \
      unlock it for eni-init, or look for the rule with `\(Self.lookUp(failures))`
      """
    case .linksUnknown(let reason):
      "the links of the ENIs cannot be read, and IMDS is asked by no other: \(reason)"
    case .unreachable([]):
      """
      no link of an ENI on record is up and has an address, and IMDS is asked by no other; look for \
      the primary with `ip address`
      """
    case .unreachable(let failures):
      """
      no endpoint can be connected to (\(Self.list(failures))); check the route with \
      `\(Self.lookUp(failures))` and that the instance's metadata options enable IMDS
      """
    case .timedOut(let limit):
      """
      no answer within \(limit); IMDS drops requests silently when there are too many: see \
      `ethtool -S <interface>`, linklocal_allowance_exceeded
      """
    case .outOfTime: "the time for all requests was over; IMDS may have been slow before"
    case .connectionLost(0): "IMDS closed the connection without an answer; it may be restarting"
    case .connectionLost(let code):
      "the connection broke: \(SystemCallMessage.text(code)); IMDS may be restarting"
    case .incompleteAnswer: "the answer was cut short; IMDS may be restarting"
    case .invalidAnswer(let rule):
      "the answer is not valid (\(rule)); check that it is IMDS that answers at this address"
    case .status(let status, let retryAfter):
      "HTTP \(status)" + (retryAfter.map { ", retry after \($0)" } ?? "") + Self.advice(status)
    case .invalidPath: "the path is not a URL path; please report this bug"
    }
  }

  private static func list(_ failures: [ConnectFailure]) -> String {
    failures.map(\.description).joined(separator: "; ")
  }

  private static func lookUp(_ failures: [ConnectFailure]) -> String {
    "ip route get 169.254.169.254" + (failures.first?.link.map { " oif \($0)" } ?? "")
  }

  private static func advice(_ status: Int) -> String {
    switch status {
    case 400: "; the request is wrong, please report this bug"
    case 404: "; there is no IMDSv2 here, check that this is an EC2 instance"
    case 429, 503: "; IMDS is busy, look for other programs that poll it"
    case 500...599: "; IMDS has a fault, try again later"
    default: "; check that it is IMDS that answers at this address"
    }
  }
}
