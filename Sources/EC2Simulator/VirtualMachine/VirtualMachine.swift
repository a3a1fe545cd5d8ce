// SPDX-License-Identifier: Apache-2.0
import Foundation
import NetworkModel

/// An EC2 instance in emulation: QEMU, booted directly into a guest's kernel.
///
/// It has the firmware identity of a Nitro instance, NICs that can be plugged and unplugged while
/// it runs, and a channel for commands that needs no network. All methods block; limits are for
/// an emulator, ten to thirty times slower than an instance. QEMU ends with this object.
package final class VirtualMachine {
  /// What it is made of; a change counts from the next start.
  package var configuration: VirtualMachineConfiguration

  private var process: QEMUProcess?
  private var monitor: QMPConnection?
  private var channel: GuestChannel?

  /// A machine that is off.
  package init(_ configuration: VirtualMachineConfiguration) {
    self.configuration = configuration
  }

  deinit {
    process?.kill()
  }

  // MARK: Power

  /// Whether QEMU runs.
  package var isRunning: Bool { process?.isRunning ?? false }

  /// Turns the machine on; it is booting when this returns.
  ///
  /// Also turns it on again after ``kill()`` or ``shutDown(within:)``, with what is on its disk.
  package func start() throws {
    kill()
    for socket in [configuration.monitorSocket, configuration.channelSocket] {
      unlink(socket)
    }
    let started = try QEMUProcess(
      arguments: configuration.arguments,
      log: configuration.processLog
    )
    process = started
    monitor = try connected(to: started) { try QMPConnection(path: configuration.monitorSocket) }
    channel = try connected(to: started) { try GuestChannel(path: configuration.channelSocket) }
  }

  /// Cuts the power: what the guest has not flushed to its disk is lost.
  package func kill() {
    process?.kill()
    if let process {
      try? Condition.wait(until: "the end of QEMU", within: .seconds(30)) { !process.isRunning }
    }
    (process, monitor, channel) = (nil, nil, nil)
  }

  /// Turns the machine off in good order, and returns when it is off.
  package func shutDown(within limit: Duration = .seconds(120)) throws {
    try openChannel().start("systemctl --no-block poweroff")
    do {
      try Condition.wait(until: "the end of QEMU", within: limit) { !isRunning }
    } catch is Condition.Unmet {
      throw timedOut("shut down", limit)
    }
    kill()
  }

  /// Reboots from inside and returns when the guest answers again, after another boot.
  package func reboot(within limit: Duration = .seconds(300)) throws {
    let deadline = ContinuousClock.now + limit
    let before = try bootID(unlike: nil, by: deadline, limit)
    try openChannel().start("systemctl --no-block reboot")
    _ = try bootID(unlike: before, by: deadline, limit)
  }

  // MARK: Commands

  /// Waits until the guest runs commands; services may still be starting.
  ///
  /// - Returns: the boot id, which no other boot has.
  @discardableResult
  package func waitUntilReady(within limit: Duration = .seconds(180)) throws -> String {
    try bootID(unlike: nil, by: ContinuousClock.now + limit, limit)
  }

  /// Runs `command` as root with bash, whatever its status.
  ///
  /// A command that does not end in time is killed by the next one.
  package func result(
    of command: String,
    within limit: Duration = .seconds(60)
  ) throws -> GuestCommandResult {
    let channel = try openChannel()
    guard let result = try channel.run(command, by: ContinuousClock.now + limit) else {
      throw timedOut("finish `\(command)`", limit)
    }
    return result
  }

  /// Runs `command` as root with bash and gives its output.
  ///
  /// - Throws: ``VirtualMachineError/commandFailed(command:result:)`` unless its status is 0.
  @discardableResult
  package func run(_ command: String, within limit: Duration = .seconds(60)) throws -> String {
    let result = try result(of: command, within: limit)
    guard result.status == 0 else {
      throw VirtualMachineError.commandFailed(command: command, result: result)
    }
    return result.output
  }

  // MARK: NICs

  /// Plugs a NIC in while the guest runs; the guest has yet to notice when this returns.
  package func plug(_ nic: VirtualNIC) throws {
    let monitor = try openMonitor()
    try monitor.execute(
      "netdev_add",
      [
        "type": "tap", "id": nic.backendName, "ifname": nic.tap.text, "script": "no",
        "downscript": "no",
      ]
    )
    do {
      try monitor.execute(
        "device_add",
        [
          "driver": "virtio-net-pci", "id": nic.deviceName, "netdev": nic.backendName,
          "mac": "\(nic.macAddress)", "bus": "pci.0", "addr": String(nic.slot, radix: 16),
          "romfile": "",
        ]
      )
    } catch {
      try monitor.execute("netdev_del", ["id": nic.backendName])
      throw error
    }
  }

  /// Unplugs a NIC and returns when the guest has let go of it.
  package func unplug(_ nic: VirtualNIC, within limit: Duration = .seconds(60)) throws {
    let monitor = try openMonitor()
    monitor.forgetEvents()
    try monitor.execute("device_del", ["id": nic.deviceName])
    let deadline = ContinuousClock.now + limit
    guard try monitor.waitForEvent("DEVICE_DELETED", device: nic.deviceName, by: deadline) else {
      throw timedOut("let go of \(nic.deviceName)", limit)
    }
    try monitor.execute("netdev_del", ["id": nic.backendName])
  }

  /// Takes the carrier from a NIC, or gives it back.
  package func setCarrier(of nic: VirtualNIC, _ isThere: Bool) throws {
    try openMonitor().execute("set_link", ["name": nic.deviceName, "up": isThere])
  }

  // MARK: For messages

  /// The last lines of the serial console, at most `count` bytes of them.
  package func consoleTail(_ count: Int = 4096) -> String {
    Self.tail(of: configuration.consoleLog, count)
  }

  // MARK: Inside

  private static func tail(of path: String, _ count: Int) -> String {
    let data = FileManager.default.contents(atPath: path) ?? Data()
    return String(decoding: data.suffix(count), as: UTF8.self)
  }

  /// QEMU makes its sockets a moment after it has started.
  private func connected<Value>(to process: QEMUProcess, _ connect: () throws -> Value) throws
    -> Value
  {
    do {
      return try Condition.wait(for: "QEMU's sockets", within: .seconds(30)) {
        guard process.isRunning else { throw notRunning }
        do {
          return try connect()
        } catch let error as SystemCallError where [ENOENT, ECONNREFUSED].contains(error.code) {
          return nil
        }
      }
    } catch {
      kill()
      throw error
    }
  }

  private var notRunning: VirtualMachineError {
    .notRunning(log: Self.tail(of: configuration.processLog, 4096))
  }

  private func timedOut(_ what: String, _ limit: Duration) -> VirtualMachineError {
    let console = consoleTail()
    // For as long as this the processor can only have stood still in the emulator.
    return console.contains("BUG: soft lockup")
      ? .panicked(console: console) : .timedOut(what: what, after: limit, console: console)
  }

  private func openMonitor() throws -> QMPConnection {
    guard isRunning, let monitor else { throw notRunning }
    return monitor
  }

  private func openChannel() throws -> GuestChannel {
    guard isRunning, let channel else { throw notRunning }
    return channel
  }

  /// Asks again each second: a guest that is going down may take a question and never answer.
  private func bootID(
    unlike former: String?,
    by deadline: ContinuousClock.Instant,
    _ limit: Duration
  ) throws -> String {
    while ContinuousClock.now < deadline {
      let turn = min(deadline, ContinuousClock.now + .seconds(1))
      if let id = try openChannel().bootID(by: turn) {
        if id != former { return id }
        // It has not gone down yet; the next look should not be a busy one.
        Thread.sleep(forTimeInterval: 0.1)
      }
      let console = consoleTail()
      if console.contains("Kernel panic") { throw VirtualMachineError.panicked(console: console) }
    }
    throw timedOut(former == nil ? "answer" : "come back from a reboot", limit)
  }
}
