// SPDX-License-Identifier: Apache-2.0
import Foundation

/// QEMU's monitor: JSON commands, their results, and events in between (QEMU's QMP specification).
final class QMPConnection {
  private let socket: DeviceSocket
  private var lastCommand = 0
  private var events: [(name: String, data: [String: Any])] = []

  /// Connects to QEMU's socket at `path` and leaves the negotiation mode that QMP opens with.
  init(path: String) throws {
    socket = try DeviceSocket(path: path)
    try execute("qmp_capabilities")
  }

  /// Executes a command and gives what it returns.
  ///
  /// - Throws: ``VirtualMachineError/refused(command:reason:)`` with QEMU's own words.
  @discardableResult
  func execute(
    _ command: String,
    _ arguments: [String: Any] = [:],
    within limit: Duration = .seconds(30)
  ) throws -> Any? {
    lastCommand += 1
    let id = lastCommand
    let request: [String: Any] = ["execute": command, "arguments": arguments, "id": id]
    let data = try JSONSerialization.data(withJSONObject: request, options: [.sortedKeys])
    try socket.send(String(decoding: data, as: UTF8.self) + "\n")
    let deadline = ContinuousClock.now + limit
    while let message = try next(by: deadline) {
      guard message["id"] as? Int == id else { continue }
      if let error = message["error"] as? [String: Any] {
        let reason = error["desc"] as? String ?? "no reason given"
        throw VirtualMachineError.refused(command: command, reason: reason)
      }
      return message["return"]
    }
    throw VirtualMachineError.refused(command: command, reason: "no answer within \(limit)")
  }

  /// Waits for the event `name` about `device`, which may have come already; false when it has not
  /// by `deadline`.
  func waitForEvent(
    _ name: String,
    device: String,
    by deadline: ContinuousClock.Instant
  ) throws -> Bool {
    while true {
      let match = events.firstIndex {
        $0.name == name && $0.data["device"] as? String == device
      }
      if let match {
        events.remove(at: match)
        return true
      }
      guard try next(by: deadline) != nil else { return false }
    }
  }

  /// Forgets the events that have come, so that a wait cannot end by an earlier one.
  func forgetEvents() {
    events.removeAll()
  }

  private func next(by deadline: ContinuousClock.Instant) throws -> [String: Any]? {
    guard let (line, _) = try socket.message(by: deadline) else { return nil }
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    if let name = object["event"] as? String {
      events.append((name, object["data"] as? [String: Any] ?? [:]))
    }
    return object
  }
}
