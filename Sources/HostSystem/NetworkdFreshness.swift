// SPDX-License-Identifier: Apache-2.0
import Glibc
package import NetworkModel

/// Whether networkd's view of its files is still the disk's.
///
/// A reload reads every `.network` and `.netdev` file and drop-in again. It reconfigures each link whose
/// file has another inode or time than before, even with the same content, and each link that
/// another file matches now; a link with DHCP loses its lease. Three things lead there without an
/// intent to change the network at once: netplan's generator rewrites its files at each
/// `systemctl daemon-reload`, files disappear, and administrators stage files for the next boot.
/// `.link` files do not count: udev reads them, not networkd.
package struct NetworkdFreshness {
  /// Something that a reload now would apply to other links.
  package enum Obstacle: Hashable, Sendable {
    /// A file, a drop-in or a directory of drop-ins has changed since networkd last read its files.
    case changed(String)
    /// A file that networkd has read is gone.
    case removed(String)
    /// The clock was set back, so the times of files do not show which of them networkd has read.
    case clockSetBack
  }

  /// The directory with a file for each link that networkd knows (sd-network).
  private static let links = "/run/systemd/netif/links"
  /// systemd makes this link when the service starts, so its time is networkd's start.
  private static let invocation = "/run/systemd/units/invocation:systemd-networkd.service"
  /// Its time is that of our last reload, and its lines are the files of others that networkd read then.
  private static let reload = "/run/eni-init/reload"

  /// How much older than the end of another program's reload a file must be to count as read by it: a
  /// reload takes some 10 ms, and only its end is known.
  private static let reloadAllowance: Duration = .seconds(1)

  private let files: FileStore
  private let isOurs: (String) throws -> Bool
  private let lastStateChange: () throws -> Duration?

  /// The view of `files`.
  ///
  /// `isOurs` says whether a file matches ENIs of ours alone. `lastStateChange` tells when networkd's unit
  /// last changed its state, by the wall clock, which is when it started or ended a reload; nil when that is
  /// not known. It may start a process, and is asked only when there is an obstacle without it.
  package init(
    _ files: FileStore,
    isOurs: @escaping (String) throws -> Bool,
    lastStateChange: @escaping () throws -> Duration? = { nil }
  ) {
    self.files = files
    self.isOurs = isOurs
    self.lastStateChange = lastStateChange
  }

  /// Whether networkd runs.
  package var isRunning: Bool {
    get throws(SystemCallError) { try files.modificationTime(Self.invocation) != nil }
  }

  /// Does a reload and remembers when: a file older than its beginning has been read.
  ///
  /// A reload that fails is not remembered.
  package func remember<Failure>(reload body: () throws(Failure) -> Void) throws {
    let sources = try NetworkdSources(files).paths.filter { try !isOurs($0) }
    let began = ConfigFile(
      path: Self.reload + ".new",
      content: sources.map { $0 + "\n" }.joined()
    )
    try files.remove(began.path)
    _ = try files.replace(began)
    try body()
    try files.move(began.path, to: Self.reload)
  }

  /// What a reload would apply to links other than `link`; nil when it would touch none of them.
  ///
  /// Files of links come first, ours and those of others; then files of others that may match a link by now.
  /// A reload by another program leaves nothing on disk: networkd writes the state of those links alone
  /// that it configures anew, and the access time of a file shows that it was read, not by which program. From
  /// systemd 253 on networkd tells systemd of each reload, so the unit's last change of state is its end;
  /// before, this says too much until networkd starts again. Two changes are not
  /// noticed: the removal of a mask before our first reload since networkd's start, and a change in the
  /// time that passed twice, once the clock has caught up after it was set back.
  package func obstacle(besides link: Link.Index?) throws -> Obstacle? {
    guard let start = try files.modificationTime(Self.invocation) else { return nil }
    let reload = try files.modificationTime(Self.reload)
    let lastRead = max(start, reload ?? start)
    if lastRead > Self.now { return .clockSetBack }
    guard let found = try obstacle(besides: link, since: lastRead, isOurReload: reload == lastRead)
    else { return nil }
    // Not in the future: after that the clock was set back, and the times show nothing.
    guard let change = try lastStateChange(), change <= Self.now,
      change - Self.reloadAllowance > lastRead
    else { return found }
    return try obstacle(
      besides: link,
      since: change - Self.reloadAllowance,
      isOurReload: false
    )
  }

  /// What has changed since networkd read its files; the list of those files is known of our own reload.
  private func obstacle(
    besides link: Link.Index?,
    since lastRead: Duration,
    isOurReload: Bool
  ) throws -> Obstacle? {
    for path in try pathsInUse(besides: link) {
      guard let changed = try files.changeTime(path.text) else {
        if path.isRequired { return .removed(path.text) }
        continue
      }
      if changed > lastRead { return .changed(path.text) }
    }
    for path in try NetworkdSources(files).paths {
      guard let changed = try files.changeTime(path), changed > lastRead, try !isOurs(path) else {
        continue
      }
      return .changed(path)
    }
    guard isOurReload else { return nil }
    let known = try files.read(Self.reload) ?? ""
    return try known.split(separator: "\n").map(String.init)
      .first { try files.changeTime($0) == nil }.map { .removed($0) }
  }

  /// Wall clock time since the epoch, as files have it.
  private static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// A path that a link depends on, and whether its absence is a change.
  private typealias Used = (text: String, isRequired: Bool)

  /// The files of other links with their drop-ins, and the directories of these: a directory's time
  /// shows when a drop-in came, was replaced or went, a file's own when it was edited in place.
  private func pathsInUse(besides link: Link.Index?) throws -> [Used] {
    var paths: [Used] = []
    for name in try files.names(in: Self.links) {
      guard let index = UInt32(name).flatMap({ Link.Index($0) }), index != link,
        let state = try NetworkdState(index, files), let file = state.networkFile
      else { continue }
      // A held link stays held, whatever the time of the hold.
      if state.isUnmanaged, try isOurs(file) { continue }
      paths.append((file, true))
      paths += state.dropIns.map { ($0, true) }
      for directory in NetworkdSources.dropInDirectories(of: file) {
        paths.append((directory, false))
        paths += try files.names(in: directory).map { ("\(directory)/\($0)", false) }
      }
    }
    return paths
  }
}

extension NetworkdFreshness.Obstacle: CustomStringConvertible {
  /// The reason, and the remedy.
  package var description: String {
    switch self {
    case .changed(let path):
      "a reload now would touch other links, because \(path) has changed since networkd last read its "
        + "files; \(Self.remedy)"
    case .removed(let path):
      "a reload now would touch other links, because \(path) is gone, which networkd has read; "
        + "put it back, or \(Self.remedy)"
    case .clockSetBack:
      "a reload now might touch other links, because the clock was set back since networkd last read "
        + "its files, so their times do not show which are new; \(Self.remedy)"
    }
  }

  private static let remedy =
    "`networkctl reload` applies the files as they are, once those links may change; a reboot does too"
}
