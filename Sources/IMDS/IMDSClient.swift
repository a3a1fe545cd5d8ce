// SPDX-License-Identifier: Apache-2.0

/// Looks up keys in the EC2 instance metadata service, version 2 (EC2 user guide, "Use IMDSv2").
///
/// One client serves one run: one session token, one kept connection, one overall deadline. Calls
/// block. A look-up has three outcomes: present, absent, or thrown, which means unknown. IMDSv1 is
/// never used: without a token there is no answer.
package final class IMDSClient {
  /// The end of all trying, for calls that bring no patience of their own.
  package let deadline: ContinuousClock.Instant

  private let connection: HTTPConnection
  private let userAgent: String
  private let policy: RetryPolicy
  private let timekeeper: Timekeeper
  private let jitter: () -> Double
  private let onRetry: (IMDSError, Duration) -> Void
  private var token: SessionToken?

  private static let tokenPath = "/latest/api/token"

  /// A client that connects with its first look-up.
  ///
  /// - Parameters:
  ///   - version: Our own version, for the User-Agent `eni-init/<version>`.
  ///   - endpoints: Where IMDS is, in the order in which to try.
  ///   - links: The links to use, asked before each handshake.
  ///   - policy: Time limits and waits.
  ///   - timekeeper: The clock for waits and deadlines between attempts.
  ///   - jitter: Gives 0…1 for each wait.
  ///   - onRetry: Told of each failed attempt that is followed by another, and of the wait before.
  package init(
    version: String,
    endpoints: [IMDSEndpoint] = IMDSEndpoint.standard,
    links: @escaping () throws(RequestFailure) -> AllowedLinks = { () throws(RequestFailure) in .any
    },
    policy: RetryPolicy = RetryPolicy(),
    timekeeper: Timekeeper = .system,
    jitter: @escaping () -> Double = { Double.random(in: 0...1) },
    onRetry: @escaping (IMDSError, Duration) -> Void = { _, _ in }
  ) {
    userAgent = "eni-init/\(version)"
    connection = HTTPConnection(
      endpoints: endpoints,
      links: links,
      connectTimeout: policy.connectTimeout
    )
    self.policy = policy
    self.timekeeper = timekeeper
    self.jitter = jitter
    self.onRetry = onRetry
    deadline = timekeeper.now() + policy.overallTimeout
  }

  /// How many requests have been sent so far, for the token too.
  package var requestCount: Int { connection.requestCount }

  /// Looks up a key.
  ///
  /// - Parameters:
  ///   - path: The path under `/latest/`, for example `meta-data/mac`.
  ///   - patience: How long to try; the client's deadline when nil.
  /// - Returns: The value as text, as IMDS sent it, or that there is none.
  /// - Throws: ``IMDSError/denied(path:)``, ``IMDSError/tokenRejected(path:)``, a malformed value
  ///   that is no text, or the failure of the last attempt.
  package func get(
    _ path: String,
    patience: Patience? = nil
  ) throws(IMDSError) -> Lookup<String> {
    let path = "/latest/" + path
    guard HTTPRequest.isValidPath(path) else {
      throw .failed(path: UntrustedText(path).description, .invalidPath, attempts: 0)
    }
    let patience = patience ?? Patience(until: deadline)
    guard case .present(let body) = try lookUp(path, patience) else { return .absent }
    guard let text = String(validating: body, as: UTF8.self) else {
      throw .malformed(key: path, value: UntrustedText(bytes: body), expected: "UTF-8 text")
    }
    return .present(text)
  }

  private func lookUp(
    _ path: String,
    _ patience: Patience
  ) throws(IMDSError) -> Lookup<[UInt8]> {
    var lastFailure = (path: path, failure: RequestFailure.outOfTime)
    var attempts = 0
    while patience.isWorthwhile(), timekeeper.now() < patience.deadline {
      attempts += 1
      do {
        return try attempt(path, patience)
      } catch .failed(let path, let failure, _) {
        lastFailure = (path, failure)
        let error = IMDSError.failed(path: path, failure, attempts: attempts)
        let delay = policy.delay(
          afterAttempt: attempts,
          retryAfter: failure.retryAfter,
          jitter: jitter()
        )
        // An attempt without time for a handshake would only hide this failure behind its own.
        guard failure.isTransient, patience.isWorthwhile(),
          timekeeper.now() + delay + policy.connectTimeout < patience.deadline
        else { throw error }
        onRetry(error, delay)
        timekeeper.sleep(delay)
      }
    }
    throw .failed(path: lastFailure.path, lastFailure.failure, attempts: attempts)
  }

  /// One attempt: the look-up, and the token if there is none or IMDS has forgotten it.
  private func attempt(
    _ path: String,
    _ patience: Patience
  ) throws(IMDSError) -> Lookup<[UInt8]> {
    for _ in 0..<2 {
      let token = try sessionToken(patience)
      let response = try exchange(.get(token), path, patience)
      switch response.status {
      case 200: return .present(response.body)
      case 404: return .absent
      case 401: self.token = nil
      default: throw Self.error(path, response)
      }
    }
    throw .tokenRejected(path: path)
  }

  private func sessionToken(_ patience: Patience) throws(IMDSError) -> SessionToken {
    if let token { return token }
    let path = Self.tokenPath
    let response = try exchange(.putToken(lifetime: SessionToken.lifetime), path, patience)
    guard response.status == 200 else { throw Self.error(path, response) }
    guard let token = SessionToken(response.body) else {
      throw .failed(path: path, .invalidAnswer("not a session token"), attempts: 1)
    }
    self.token = token
    return token
  }

  private func exchange(
    _ method: HTTPRequest.Method,
    _ path: String,
    _ patience: Patience
  ) throws(IMDSError) -> HTTPResponse {
    let request = HTTPRequest(method: method, path: path, userAgent: userAgent)
    let left = timekeeper.now().duration(to: patience.deadline)
    do throws(RequestFailure) {
      return try connection.exchange(request, within: min(policy.requestTimeout, left))
    } catch {
      throw .failed(path: path, error, attempts: 1)
    }
  }

  private static func error(_ path: String, _ response: HTTPResponse) -> IMDSError {
    guard response.status != 403 else { return .denied(path: path) }
    return .failed(
      path: path,
      .status(response.status, retryAfter: response.retryAfter),
      attempts: 1
    )
  }
}
