// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import FoundationEssentials
import Glibc
import HostSystem
import Reporting

/// `eni-init history`: what has happened to the ENIs, from the journal.
struct History: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show what has happened to an ENI, or to each.",
    discussion: """
      One line an event, the newest last: the local time, the event, the message. By a name, all ENIs \
      that ever had it are shown. Goes back as far as the journal does.
      """
  )

  @Argument(
    help: "The ENI: its id, its MAC or a name; all ENIs when there is none.",
    completion: .links
  )
  var interface: String?

  @Option(
    help: ArgumentHelp("Begin here, in a form that journalctl --since takes.", valueName: "time")
  )
  var since: String?

  @Flag(help: "Print JSON.")
  var json = false

  /// What journalctl may print in all; some 100,000 events.
  private static let limit = 64 << 20

  func run() throws {
    let query = try self.query()
    var entries = try entries(of: query)
    let followed = query.followed(by: entries)
    if followed != query { entries = try self.entries(of: followed) }
    if entries.isEmpty, let denied = JournalAccess.denied { throw HistoryFailure.denied(denied) }
    let report = HistoryReport(entries, offset: Self.offset)
    let text =
      if json { try report.json() } else if interface != nil { report.lines } else {
        report.grouped(Terminal.style)
      }
    print(text, terminator: "")
  }

  private func query() throws -> HistoryQuery {
    guard let interface else { return .everything }
    guard let query = HistoryQuery(interface) else { throw HistoryFailure.noName(interface) }
    return query
  }

  private func entries(of query: HistoryQuery) throws -> [HistoryEntry] {
    let span = since.map { ["--since=\($0)"] } ?? []
    let command = Command(
      "/usr/bin/journalctl",
      ["--quiet", "--no-pager", "--output=json"] + span + query.matches
    )
    var entries: [HistoryEntry] = []
    do {
      try command.forEachLine(limit: Self.limit) { line in
        if let entry = HistoryEntry(json: line) { entries.append(entry) }
      }
    } catch {
      if let denied = JournalAccess.denied { throw HistoryFailure.denied(denied) }
      throw error
    }
    return entries
  }

  /// What local time is ahead of UTC at a moment, in seconds.
  private static func offset(_ time: Date) -> Int {
    var seconds = time_t(time.timeIntervalSince1970.rounded(.down))
    var local = tm()
    return localtime_r(&seconds, &local) == nil ? 0 : local.tm_gmtoff
  }
}
