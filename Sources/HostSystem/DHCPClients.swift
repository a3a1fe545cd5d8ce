// SPDX-License-Identifier: Apache-2.0

/// The DHCP clients that run as processes of their own, found by their command lines (proc(5)).
///
/// Those inside a network manager have no process; the kernel shows their leases.
package struct DHCPClients {
  private static let programs: Set = ["dhclient", "dhcpcd", "udhcpc"]

  private let files: FileStore

  /// The clients of this host.
  package init(_ files: FileStore) {
    self.files = files
  }

  /// Those that name one of `links` in their command line, with the process: its program and number.
  package func running(for links: [String]) throws(SystemCallError) -> [(
    link: String, process: String
  )] {
    var found: [(link: String, process: String)] = []
    for process in try files.names(in: "/proc") where process.allSatisfy(\.isNumber) {
      // One that has ended meanwhile has no command line.
      guard let line = try? files.read("/proc/\(process)/cmdline") else { continue }
      let words = line.split(separator: "\0").map(String.init)
      guard let program = words.first?.split(separator: "/").last.map(String.init),
        Self.programs.contains(program.hasSuffix(":") ? String(program.dropLast()) : program)
      else { continue }
      for link in links where words.dropFirst().contains(link) {
        found.append((link, "\(program), process \(process)"))
      }
    }
    return found
  }
}
