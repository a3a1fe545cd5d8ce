// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs commands in a guest through a virtio-serial port, so that no network is needed for it.
///
/// The other end is `guest-channel` in the image; its text documents the protocol. One command
/// runs at a time. Answers to requests that nobody waits for any more are skipped by their number.
final class GuestChannel {
  /// The port's name in the guest.
  static let portName = "org.test.guest"

  private let socket: DeviceSocket
  private var lastRequest = 0

  /// Connects to QEMU's socket at `path`; the guest need not have booted.
  init(path: String) throws {
    socket = try DeviceSocket(path: path)
    // Ends the line that an earlier connection may have left unfinished.
    try socket.send("\n")
  }

  /// The guest's boot id, or nil when it does not answer by `deadline`.
  func bootID(by deadline: ContinuousClock.Instant) throws -> String? {
    let id = try request("ping")
    while let (line, _) = try answer(by: deadline) {
      let words = line.split(separator: " ")
      if words.count == 3, words[0] == "pong", words[1] == "\(id)" { return String(words[2]) }
    }
    return nil
  }

  /// Runs `command` with bash as root; nil when it has not ended by `deadline`.
  ///
  /// The next command kills the one that has not ended.
  func run(_ command: String, by deadline: ContinuousClock.Instant) throws -> GuestCommandResult? {
    let id = try start(command)
    while let (line, payload) = try answer(by: deadline) {
      let words = line.split(separator: " ")
      guard words.count == 4, words[0] == "done", words[1] == "\(id)" else { continue }
      return GuestCommandResult(
        status: Int(words[2]) ?? -1,
        output: String(decoding: payload, as: UTF8.self)
      )
    }
    return nil
  }

  /// Starts `command` without waiting for its answer, which may never come: it may end the guest.
  @discardableResult
  func start(_ command: String) throws -> Int {
    try request("run", Data(command.utf8).base64EncodedString())
  }

  private func request(_ verb: String, _ argument: String? = nil) throws -> Int {
    lastRequest += 1
    try socket.send("\(verb) \(lastRequest)\(argument.map { " " + $0 } ?? "")\n")
    return lastRequest
  }

  private func answer(
    by deadline: ContinuousClock.Instant
  ) throws -> (line: String, payload: [UInt8])? {
    try socket.message(by: deadline) { line in
      let words = line.split(separator: " ")
      guard words.count == 4, words[0] == "done" else { return 0 }
      return max(0, Int(words[3]) ?? 0)
    }
  }
}
