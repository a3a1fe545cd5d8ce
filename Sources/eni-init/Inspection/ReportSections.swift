// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import Rendering
import Reporting
import Rtnetlink

/// The parts of a report.
///
/// What cannot be told is said in its place, and the next part follows.
struct ReportSections {
  let options: HostOptions

  /// Output beyond this is left out; a journal of one boot has far less.
  private static let limit = 8 << 20

  /// What of the kernel command line matters here; the rest may hold what is nobody's business.
  private static let kernelParameters = [
    "eni-init", "net.", "ipv6.", "ip=", "cloud-init", "systemd.", "biosdevname",
  ]

  /// What other programs tell, each with its command line as the title.
  private static let commands = [
    Command("/usr/bin/uname", ["-a"]),
    Command("/usr/bin/systemctl", ["--version"]),
    Command("/usr/sbin/ip", ["-details", "link"]),
    Command("/usr/sbin/ip", ["address"]),
    Command("/usr/sbin/ip", ["-4", "rule"]),
    Command("/usr/sbin/ip", ["-6", "rule"]),
    Command("/usr/sbin/ip", ["-4", "route", "show", "table", "all"]),
    Command("/usr/sbin/ip", ["-6", "route", "show", "table", "all"]),
    Command("/usr/sbin/nft", ["list", "table", "inet", "eni-init"]),
    Command("/usr/bin/networkctl", ["--no-pager", "--all", "--full", "status"]),
    Command("/usr/bin/systemctl", ["--no-pager", "list-units", "--all", "eni-init*"]),
    Command("/usr/bin/journalctl", ["--no-pager", "--boot", "--unit=eni-init*", "--lines=1000"]),
  ]

  /// Gives `body` each part in turn: its title, and what makes it.
  func tell(_ body: (String, () -> String) throws -> Void) throws {
    try body("Versions") { (try? versions()) ?? "" }
    let host: Host
    do { host = try Host(root: options.root) } catch {
      // A configuration with an error is what the report may be about.
      return try body("Configuration") { "\(error)" }
    }
    try body("Configuration") { ConfigurationText(host.configuration).text }
    try lookAt(host, body)
    try body("Files") { text { try files(host) } }
    for command in Self.commands {
      try body("\(command)") { text { try output(of: command) } }
    }
  }

  private func lookAt(_ host: Host, _ body: (String, () -> String) throws -> Void) throws {
    let view: HostView
    do {
      view = try HostInspection(
        host,
        MetadataSource(options, deadline: .now + .seconds(5)).metadata
      ).view(hasAllRoutes: true)
    } catch {
      return try body("Status") { "\(error)" }
    }
    let status = StatusReport(view)
    try body("Status") { status.table(.plain) }
    try body("Status as JSON") { text { try status.json() } }
    try body("Check") {
      text {
        let kernel = try RouteSocket()
        let inspection = SurroundingsInspection(host: host, view: view, kernel: kernel)
        return CheckReport(Checkup(view, try inspection.surroundings { _ in }).findings).text(
          .plain
        )
      }
    }
    for eni in view.enis {
      try body("Facts of \(eni.name)") { InterfaceExplanation(eni).text(.plain) }
    }
  }

  private func versions() throws -> String {
    let files = FileStore(root: options.root)
    let release = try files.read("/etc/os-release") ?? ""
    let name = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") } ?? ""
    let words = (try files.read("/proc/cmdline") ?? "").split(whereSeparator: \.isWhitespace)
      .filter { word in Self.kernelParameters.contains { word.hasPrefix($0) } }
    return
      "eni-init \(eniInitVersion)\n\(name)\nkernel command line: \(words.joined(separator: " "))\n"
  }

  /// What the program has written on this host.
  private func files(_ host: Host) throws -> String {
    var paths = try OwnedFileInventory(host).files.map(\.path)
    for instance in try host.generated.names(in: RecordStore.directory) {
      let directory = "/etc/eni-init/instances/\(instance)"
      paths += try host.generated.names(in: directory).map { "\(directory)/\($0)" }
    }
    if try host.files.read(NetplanNames.path) != nil { paths.append(NetplanNames.path) }
    return try paths.map { "# \($0)\n" + (try host.generated.read($0) ?? "") }.joined(
      separator: "\n"
    )
  }

  private func output(of command: Command) throws -> String {
    guard try FileStore().modificationTime(command.program) != nil else {
      return "\(command.program) is not on this host"
    }
    var text = ""
    try command.forEachLine(limit: Self.limit) {
      text += String(decoding: $0, as: UTF8.self) + "\n"
    }
    return text
  }

  private func text(_ body: () throws -> String) -> String {
    do { return try body() } catch { return "\(error)" }
  }
}
