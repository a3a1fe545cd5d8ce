// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel
import Synchronization

/// An ENI's port in the router: a device, its source check, and the record of its DHCP packets.
///
/// A thread reads the DHCP packets from the wire and, unless told otherwise, answers them. It answers
/// router solicitations as well.
final class Port: Sendable {
  private struct State: Sendable {
    var eni: SimulatedENI
    var packets: [DHCPPacket] = []
    var answersDHCP = true
    var finalDrops: SourceCheckDrops?
  }

  /// The device in the router's namespace.
  let device: String
  /// The device's Ethernet address.
  let mac: MACAddress

  private let state: Mutex<State>
  private let capture: PacketSocket
  private let start: ContinuousClock.Instant

  /// Begins to watch `device`, which exists and is down; times count from `start`.
  init(
    device: String,
    mac: MACAddress,
    eni: SimulatedENI,
    start: ContinuousClock.Instant
  ) throws(SystemCallError) {
    self.device = device
    self.mac = mac
    self.start = start
    state = Mutex(State(eni: eni))
    capture = try PacketSocket(device: device)
    Thread.detachNewThread { [weak self, socket = capture.socket] in
      // An error or the shut-down ends the wait with no bytes.
      while true {
        let ready = socket.waitReadable(timeout: .milliseconds(100))
        guard let self, !self.isClosed else { return }
        guard ready else { continue }
        let frame = socket.receive()
        if !frame.isEmpty { self.take(frame) }
      }
    }
  }

  /// The ENI behind it.
  var eni: SimulatedENI {
    get { state.withLock { $0.eni } }
    set { state.withLock { $0.eni = newValue } }
  }

  /// Whether DHCP requests are answered; they are recorded in any case.
  var answersDHCP: Bool {
    get { state.withLock { $0.answersDHCP } }
    set { state.withLock { $0.answersDHCP = newValue } }
  }

  /// What came so far.
  var packets: [DHCPPacket] { state.withLock { $0.packets } }

  /// Its source check.
  var sourceCheck: SourceCheck { SourceCheck(port: device) }

  /// What the source check dropped, also after the port was closed.
  func drops() throws -> SourceCheckDrops {
    if let drops = state.withLock({ $0.finalDrops }) { return drops }
    return try sourceCheck.drops()
  }

  /// Keeps the counters and ends the watch.
  func close() throws {
    let drops = try sourceCheck.drops()
    state.withLock { $0.finalDrops = drops }
  }

  private var isClosed: Bool { state.withLock { $0.finalDrops != nil } }

  private func take(_ frame: [UInt8]) {
    guard !PacketSocket.isRouterSolicitation(frame) else {
      // The port can be on its way out; a host asks again.
      if eni.ipv6 != nil { try? RouterAdvertisement.send(by: device) }
      return
    }
    guard let packet = DHCPPacket(frame: frame, time: ContinuousClock.now - start) else { return }
    let eni: SimulatedENI? = state.withLock { state in
      state.packets.append(packet)
      return state.answersDHCP ? state.eni : nil
    }
    guard let eni else { return }
    let answer =
      switch packet.family {
      case .ipv4: DHCPv4Server(eni: eni, mac: mac).answer(to: packet)
      case .ipv6: DHCPv6Server(eni: eni, mac: mac).answer(to: packet)
      }
    if let answer { _ = capture.socket.send(answer) }
  }
}
