// SPDX-License-Identifier: Apache-2.0

import Foundation
package import NetworkModel
import Synchronization

/// An instance metadata service (IMDSv2 only) that can misbehave, changeable while it runs.
///
/// One thread accepts, one thread serves each connection. All methods may be called from any
/// thread. It stops with ``stop()``; call that, since the threads keep a forgotten server alive.
package final class IMDSServer: Sendable {
  private struct State: Sendable {
    var service: MetadataService
    var listener: Socket?
    var connectionCount = 0
    var connections: [Int: Socket] = [:]
    var offset = Duration.zero
    var isStopped = false
    var refusalEnd: ContinuousClock.Instant?
  }

  /// The address it listens on.
  package let address: IPAddress
  /// The port it listens on; the kernel's choice when 0 was asked for.
  package let port: UInt16

  private let state: Mutex<State>
  private let started = ContinuousClock.now

  /// Starts serving `instance`'s metadata on `address` and `port`; port 0 lets the kernel choose.
  ///
  /// In a network namespace, 169.254.169.254 must be on an interface first.
  package init(
    instance: SimulatedInstance,
    interfaces: [SimulatedENI] = [],
    address: IPAddress = .v4(IPv4Address(rawValue: 0x7f00_0001)),
    port: UInt16 = 0,
    configuration: IMDSServerConfiguration = IMDSServerConfiguration()
  ) throws(SystemCallError) {
    let listener = try Socket.listener(on: address, port: port)
    self.address = address
    self.port = listener.port
    var service = MetadataService(instance: instance, configuration: configuration)
    for eni in interfaces { service.attach(eni, now: .zero) }
    state = Mutex(State(service: service, listener: listener))
    Thread.detachNewThread { [self] in acceptLoop() }
  }

  /// Where clients find it, without a final slash: `http://127.0.0.1:8080`.
  package var endpoint: String {
    switch address {
    case .v4: "http://\(address):\(port)"
    case .v6: "http://[\(address)]:\(port)"
    }
  }

  /// The time since the start, ``advance(by:)`` included: what timelines and tokens go by.
  package var now: Duration { state.withLock { now($0) } }

  /// Lets time pass at once for timelines, token lifetimes, timed faults and the rate limit.
  package func advance(by time: Duration) {
    state.withLock { $0.offset += time }
  }

  /// Closes the listener and every connection.
  package func stop() {
    state.withLock { state in
      state.isStopped = true
      Self.closeListener(&state)
      for socket in state.connections.values { socket.shutDown() }
    }
  }

  private static func closeListener(_ state: inout State) {
    // Shutting down refuses at once; closing alone would wait for the accepting thread.
    state.listener?.shutDown()
    state.listener = nil
  }

  private func now(_ state: borrowing State) -> Duration {
    ContinuousClock.now - started + state.offset
  }
}

// What the service says.
extension IMDSServer {
  /// Changes instance facts.
  package func changeInstance(_ body: @Sendable (inout SimulatedInstance) -> Void) {
    state.withLock { body(&$0.service.instance) }
  }

  /// Changes how answers are worded; it counts from the next request on.
  package func configure(_ body: @Sendable (inout IMDSServerConfiguration) -> Void) {
    state.withLock { body(&$0.service.configuration) }
  }

  /// The ENIs it serves, in the order of `macs/`.
  package var attachedENIs: [SimulatedENI] { state.withLock { $0.service.attachedENIs } }

  /// Serves `eni` too; its timeline starts now.
  ///
  /// One with the same MAC is replaced.
  package func attach(_ eni: SimulatedENI) {
    state.withLock { $0.service.attach(eni, now: now($0)) }
  }

  /// Serves the ENI no more.
  package func detach(_ mac: MACAddress) {
    state.withLock { $0.service.detach(mac) }
  }

  /// Changes an attached ENI's facts, its age kept.
  package func change(_ mac: MACAddress, _ body: @Sendable (inout SimulatedENI) -> Void) {
    state.withLock { $0.service.change(mac, body) }
  }

  /// Serves `text` at a path such as `meta-data/mac`, or 404 there and below with nil.
  package func override(_ path: String, with text: String?) {
    state.withLock { $0.service.override(path, with: text) }
  }

  /// Ends all overrides.
  package func clearOverrides() {
    state.withLock { $0.service.clearOverrides() }
  }
}

// What goes wrong.
extension IMDSServer {
  /// Answers requests whose path starts with `prefix` with a fault.
  ///
  /// A prefix is `latest/api/token`, or empty for all. Faults are tried in the order they were
  /// added; the first that matches happens.
  package func fail(
    _ prefix: String = "",
    with fault: Fault,
    for limit: FaultLimit = .always
  ) {
    state.withLock { $0.service.fail(prefix, with: fault, limit: limit, now: now($0)) }
  }

  /// Ends all faults, a refusal too.
  package func clearFaults() {
    state.withLock { state in
      state.service.clearFaults()
      state.refusalEnd = nil
    }
  }

  /// Makes every token unknown, as a restart of the service does.
  package func forgetTokens() {
    state.withLock { $0.service.forgetTokens() }
  }

  /// Closes the listener and all connections; real time must pass before it listens again.
  ///
  /// Connection attempts fail with ECONNREFUSED when this returns.
  package func refuseConnections(for time: Duration) {
    state.withLock { state in
      state.refusalEnd = .now + time
      Self.closeListener(&state)
      for socket in state.connections.values { socket.shutDown() }
    }
  }
}

// What clients did.
extension IMDSServer {
  /// All requests so far, oldest first.
  package var log: [RequestRecord] { state.withLock { $0.service.log } }

  /// How many connections were accepted so far.
  package var connectionCount: Int { state.withLock { $0.connectionCount } }

  /// How many requests were made with `method` (all, when nil) to paths starting with `prefix`.
  package func count(_ method: String? = nil, _ prefix: String = "") -> Int {
    let prefix = "/" + prefix.drop { $0 == "/" }
    return log.count { record in
      (method == nil || record.method == method) && record.path.hasPrefix(prefix)
    }
  }

  /// Forgets the log; the connection count goes on.
  package func clearLog() {
    state.withLock { $0.service.clearLog() }
  }
}

// The threads.
extension IMDSServer {
  /// What `request` gets, with the configuration of this moment; writes the log.
  func outcome(
    of request: HTTPRequest,
    connection: Int
  ) -> (MetadataService.Outcome, IMDSServerConfiguration) {
    state.withLock { state in
      let time = now(state)
      let outcome = state.service.outcome(of: request, now: time)
      let status: Int? =
        switch outcome.fault {
        case .hang, .garbage, .reset: nil
        default: outcome.response.status
        }
      state.service.record(
        RequestRecord(
          connection: connection,
          time: time,
          method: request.method,
          path: request.path,
          status: status,
          userAgent: request.headers["user-agent"] ?? ""
        )
      )
      return (outcome, state.service.configuration)
    }
  }

  private var isRefusing: Bool {
    state.withLock { $0.refusalEnd.map { .now < $0 } ?? false }
  }

  private func acceptLoop() {
    while !state.withLock({ $0.isStopped }) {
      if isRefusing {
        usleep(2000)
      } else if let listener = state.withLock({ $0.listener }) {
        if listener.waitReadable(timeout: .milliseconds(5)), let client = listener.accepted() {
          startServing(client)
        }
      } else {
        reopen()
      }
    }
  }

  /// Listens again after a refusal; a port that is still busy is tried again by the loop.
  private func reopen() {
    guard let listener = try? Socket.listener(on: address, port: port) else {
      usleep(2000)
      return
    }
    state.withLock { state in
      if !state.isStopped { state.listener = listener }
    }
  }

  private func startServing(_ socket: Socket) {
    let number: Int? = state.withLock { state in
      guard !state.isStopped else { return nil }
      state.connectionCount += 1
      state.connections[state.connectionCount] = socket
      return state.connectionCount
    }
    guard let number else { return }
    Thread.detachNewThread { [self] in
      IMDSConnection(number: number, socket: socket, server: self).serve()
      state.withLock { _ = $0.connections.removeValue(forKey: number) }
    }
  }
}
