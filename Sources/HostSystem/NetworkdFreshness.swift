// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Whether networkd's view of its files is still that of the disk.
///
/// A reload reconfigures every link whose file has another inode or time than when networkd read
/// it, even with the same content; a link that has DHCP loses its lease for a moment. It happens
/// without anybody changing anything: netplan's generator rewrites its files at each
/// `systemctl daemon-reload`, which any package installation runs.
package enum NetworkdFreshness {
  /// The directory with a file for each link that networkd knows (sd-network).
  private static let links = "/run/systemd/netif/links"
  /// systemd makes this link when the service starts, so its time is networkd's start.
  private static let invocation = "/run/systemd/units/invocation:systemd-networkd.service"
  /// Its time is that of our last reload.
  private static let reload = "/run/eni-init/reload"

  /// Whether networkd runs.
  package static func isRunning(_ files: FileStore) throws(SystemCallError) -> Bool {
    try files.modificationTime(invocation) != nil
  }

  /// Does a reload and remembers when: what was written before it began is read.
  ///
  /// A reload that fails is not remembered.
  package static func remember<Failure>(
    _ files: FileStore,
    reload body: () throws(Failure) -> Void
  ) throws {
    let began = ConfigFile(path: reload + ".new", content: "")
    try files.remove(began.path)
    _ = try files.replace(began)
    try body()
    try files.move(began.path, to: reload)
  }

  /// The files of links other than `link` that were written since networkd started, or since we last
  /// had it read its files.
  ///
  /// A reload would touch their links too. Somebody else may have reloaded since; then this says too
  /// much.
  package static func rewrittenFiles(
    besides link: Link.Index?,
    _ files: FileStore
  ) throws(SystemCallError) -> [String] {
    guard let start = try files.modificationTime(invocation) else { return [] }
    let lastRead = max(start, try files.modificationTime(reload) ?? start)
    var rewritten: [String] = []
    for name in try files.names(in: links) {
      guard let index = UInt32(name).flatMap({ Link.Index($0) }), index != link,
        let file = try NetworkdState(index, files)?.networkFile
      else { continue }
      for path in try [file] + dropIns(of: file, files) {
        guard let written = try files.modificationTime(path), written > lastRead else { continue }
        rewritten.append(path)
      }
    }
    return rewritten
  }

  /// The drop-ins of a file and where they lie: a directory's time tells when one came, was
  /// replaced or went, its own when it was edited in place.
  private static func dropIns(
    of file: String,
    _ files: FileStore
  ) throws(SystemCallError) -> [String] {
    let name = file.split(separator: "/").last ?? ""
    var paths: [String] = []
    for root in ["/etc", "/run"] {
      let directory = "\(root)/systemd/network/\(name).d"
      paths.append(directory)
      for name in try files.names(in: directory) { paths.append("\(directory)/\(name)") }
    }
    return paths
  }
}
