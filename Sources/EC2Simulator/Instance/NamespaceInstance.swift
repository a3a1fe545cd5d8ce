// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import NetworkModel

/// An EC2 instance made of namespaces, with the machine's own systemd-udevd, and its systemd-networkd
/// or another network stack.
///
/// It has a disk that survives ``powerOff()``, a hypervisor that shows its instance id, and whatever
/// links the VPC plugs into it. What it lacks is systemd as process 1: `follow-udev` starts the
/// units that udev's rules ask for.
package final class NamespaceInstance {
  /// The instance id; it counts from the next ``powerOn()`` on.
  package var id: InstanceID
  /// What configures its network.
  package let image: InstanceImage
  /// Where what it writes is kept.
  package let disk: String
  /// The process by which its namespaces are entered; nil while it is off.
  package private(set) var pid: pid_t?

  private var supervisor: RunningProgram?
  private var daemons: [RunningProgram] = []

  static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

  /// An instance that is off, with an empty disk below `directory`.
  package init(
    id: InstanceID,
    image: InstanceImage = .networkd,
    directory: String
  ) throws {
    self.id = id
    self.image = image
    disk = directory + "/disk-" + id.text
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
  }

  deinit { powerOff() }

  /// Turns the instance on: its namespaces exist, so links can be plugged; nothing runs yet.
  package func powerOn() throws {
    let log = disk + "/console.log"
    let supervisor = try Program([
      "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
      "--propagation", "private", Self.scripts + "/prepare-instance", disk, id.text,
      image.packages ?? "",
    ]).start(log: log)
    self.supervisor = supervisor
    try Condition.wait(until: "the instance's mounts") {
      try String(contentsOfFile: log, encoding: .utf8).contains("prepared")
    }
    pid = try Condition.wait(for: "the instance's first process") {
      let parent = supervisor.processIdentifier
      let path = "/proc/\(parent)/task/\(parent)/children"
      return try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").first
        .flatMap { pid_t($0) }
    }
    try write("/usr/bin/systemctl", from: Self.scripts + "/start-unit", executable: true)
    // systemd-run waits for a program that process 1 starts; here it is that program.
    try write(
      "/usr/bin/systemd-run",
      content: "#!/bin/sh\nwhile [ \"${1#--}\" != \"$1\" ]; do shift; done\nexec \"$@\"\n"
    )
    try check(["chmod", "755", "/usr/bin/systemd-run"])
  }

  /// Starts what a boot starts, in its order: udev, coldplug, our boot hook, the network.
  package func boot() throws {
    try image.generate(on: self)
    try startUdevd()
    try daemon([Self.scripts + "/follow-udev"], name: "follow-udev")
    try Condition.wait(until: "the follower of udev") {
      try run(["test", "-e", "/run/following"]).status == 0
    }
    try check(["udevadm", "trigger", "--action=add", "--subsystem-match=net"])
    // Not trigger's own --settle, which waits for ever for a device that is renamed meanwhile.
    try check(["udevadm", "settle", "--timeout=30"])
    if try run(["test", "-x", "/usr/sbin/eni-init"]).status == 0 {
      _ = try run(["sh", "-c", "systemctl --no-block start eni-init-boot.service"])
      try Condition.wait(until: "the boot hook") {
        try journal().contains("eni-init-boot.service: status")
      }
    }
    try check(["touch", "/run/network-pre"])
    try check(["dbus-daemon", "--system", "--fork"])
    try image.start(on: self)
  }

  /// Starts networkd and waits until it answers.
  func startNetworkd() throws {
    try markStarted("systemd-networkd.service")
    try daemon(
      ["env", "SYSTEMD_LOG_LEVEL=debug", "/lib/systemd/systemd-networkd"],
      name: "networkd"
    )
    try Condition.wait(until: "networkd") { try run(["networkctl", "list"]).status == 0 }
  }

  /// Leaves the mark of a service that systemd has started; its time is the service's.
  private func markStarted(_ unit: String) throws {
    let mark = "/run/systemd/units/invocation:\(unit)"
    try check(["sh", "-c", "mkdir -p /run/systemd/units && ln -sfn 0 '\(mark)'"])
  }

  /// Ends networkd and starts it again, as an upgrade of systemd does.
  package func restartNetworkd() throws {
    try check(["pkill", "--exact", "systemd-network"])
    try Condition.wait(until: "networkd has ended") {
      try run(["pgrep", "--exact", "systemd-network"]).status != 0
    }
    try startNetworkd()
  }

  /// Starts NetworkManager and waits until it answers.
  func startNetworkManager() throws {
    try markStarted("NetworkManager.service")
    try daemon(["NetworkManager", "--debug"], name: "networkmanager")
    try Condition.wait(until: "NetworkManager") {
      try run(["nmcli", "general", "status"]).status == 0
    }
  }

  /// Starts journald, so that messages with fields are kept; those without stay in ``journal()``.
  package func startJournald() throws {
    // The machine's kernel messages and audit are none of the instance's business.
    try write(
      "/run/systemd/journald.conf.d/box.conf",
      content: "[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=\nRateLimitIntervalSec=0\n"
    )
    // It does not start without control groups.
    try check(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"])
    try daemon(["/lib/systemd/systemd-journald"], name: "journald")
    try Condition.wait(until: "journald") { try run(["journalctl", "--sync"]).status == 0 }
  }

  /// Does `body` while no udevd runs, as in an upgrade of udev: it never sees what happens then.
  package func restartUdevd(during body: () throws -> Void) throws {
    try check(["udevadm", "control", "--exit"])
    try body()
    try startUdevd()
  }

  private func startUdevd() throws {
    try daemon(["/lib/systemd/systemd-udevd"], name: "udevd")
    try Condition.wait(until: "udevd") { try run(["udevadm", "control", "--ping"]).status == 0 }
  }

  /// Turns the instance off at once: what is on disk stays, all else is gone.
  package func powerOff() {
    // With the first process of the namespace go all others (pid_namespaces(7)).
    supervisor?.kill()
    for daemon in daemons { daemon.wait() }
    supervisor = nil
    daemons = []
    pid = nil
  }

  /// Runs a program in the instance, whatever its status.
  package func run(_ words: [String], input: String = "") throws -> Program.Result {
    try Program(entering + words).result(input: input)
  }

  /// Runs a program in the instance and gives its output; its status must be 0.
  @discardableResult
  package func check(_ words: [String], input: String = "") throws -> String {
    try Program(entering + words).run(input: input)
  }

  /// Writes a file of the instance.
  package func write(_ path: String, content: String) throws {
    try check(["sh", "-c", "mkdir -p \"${1%/*}\" && cat >\"$1\"", "sh", path], input: content)
  }

  /// Copies a file of the machine into the instance.
  package func write(_ path: String, from source: String, executable: Bool = false) throws {
    let mode = executable ? "755" : "644"
    // A running program cannot be written to, so the file is replaced.
    try check(["install", "-D", "-m", mode, source, path])
  }

  /// What the units wrote, and how each ended.
  package func journal() throws -> String {
    try run(["cat", "/run/journal"]).output
  }

  /// What networkd wrote, with its debug messages.
  package func networkdLog() throws -> String {
    try String(contentsOfFile: disk + "/networkd.log", encoding: .utf8)
  }

  private var entering: [String] {
    ["nsenter", "--target", "\(pid ?? 0)", "--net", "--mount", "--pid", "--"]
  }

  private func daemon(_ words: [String], name: String) throws {
    daemons.append(try Program(entering + words).start(log: "\(disk)/\(name).log"))
  }
}
