// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import NetworkModel

/// The program's messages; standard output carries reports alone.
///
/// Under systemd a message about something that happened goes to the journal with fields that name the
/// event and the ENI, and any other to standard error, its priority, `<3>` to `<7>`, before each line
/// (sd-daemon(3)). By hand all are on standard error. Only what changed or failed is said: an
/// unchanged run is silent.
struct Log: Sendable {
  /// The priorities in use (syslog(3)).
  private enum Priority: Int {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
  }

  /// Whether somebody has started the program by hand.
  var isByHand: Bool { !showsPriority }

  private let showsPriority: Bool
  /// Nil when standard error does not lead to the journal.
  private let journal: JournalSocket?

  /// The log of this process.
  static let standard = Log(
    showsPriority: getenv("JOURNAL_STREAM") != nil,
    journal: JournalSocket.isWhereStandardErrorGoes ? JournalSocket() : nil
  )

  /// What ends the run, or what is done for one ENI.
  func error(
    _ message: String,
    _ event: Event? = nil,
    about subjects: [Subject] = [],
    _ details: KeyValuePairs<JournalField, String> = [:]
  ) { say(message, .error, event, subjects, details) }

  /// What does not end the run; the message names the consequence.
  func warning(
    _ message: String,
    _ event: Event? = nil,
    about subjects: [Subject] = [],
    _ details: KeyValuePairs<JournalField, String> = [:]
  ) { say(message, .warning, event, subjects, details) }

  /// A change that was made.
  func notice(
    _ message: String,
    _ event: Event? = nil,
    about subjects: [Subject] = [],
    _ details: KeyValuePairs<JournalField, String> = [:]
  ) { say(message, .notice, event, subjects, details) }

  /// What is being waited for.
  func info(
    _ message: String,
    _ event: Event? = nil,
    about subjects: [Subject] = [],
    _ details: KeyValuePairs<JournalField, String> = [:]
  ) { say(message, .info, event, subjects, details) }

  /// What only somebody who started the program by hand wants to know.
  func remark(_ message: String) {
    if isatty(STDERR_FILENO) == 1 { write(message, .info) }
  }

  private func say(
    _ message: String,
    _ priority: Priority,
    _ event: Event?,
    _ subjects: [Subject],
    _ details: KeyValuePairs<JournalField, String>
  ) {
    guard let journal, let event else { return write(message, priority) }
    var fields: [JournalEntry.Field] = [
      .init(.message, message),
      .init(.priority, "\(priority.rawValue)"),
      .init(.syslogIdentifier, "eni-init"),
      .init(.messageID, event.messageID),
      .init(.event, event.rawValue),
    ]
    fields += subjects.flatMap(\.fields)
    // An empty one would say no more than a missing one.
    fields += details.filter { !$0.value.isEmpty }.map { .init($0.key, $0.value) }
    // journald looks the unit up by the process, which may have ended by then; and this is what
    // `journalctl -u` looks for, too.
    if let unit = OwnUnit.name() { fields.append(.init(.objectUnit, unit)) }
    do {
      try journal.send(JournalEntry(fields))
    } catch {
      // Nobody listens, or it is too long for a datagram: the fields are lost, the message is not.
      write(message, priority)
    }
  }

  private func write(_ message: String, _ priority: Priority) {
    Progress.end()
    let mark = showsPriority ? "<\(priority.rawValue)>" : "eni-init: "
    // One write a message, so that lines of several runs do not mix.
    let bytes = Array((mark + message + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

extension Log {
  /// Says why a run ends: a message for each ENI that it failed for.
  func report(_ failure: any Error) {
    switch failure {
    case let failure as RefreshFailure:
      for part in failure.failures { report(part) }
      error(RefreshFailure.outlook)
    case let failure as ENIFailure:
      error(failure.description, failure.event, about: [failure.subject])
    default: error("\(failure)", .failed)
    }
  }
}
