// SPDX-License-Identifier: Apache-2.0

/// When a unit of systemd last changed its state (org.freedesktop.systemd1(5), `StateChangeTimestamp`).
package enum UnitStateChange {
  private static let busctl = "/usr/bin/busctl"

  /// The time by the wall clock, since the epoch; nil when systemd does not tell.
  ///
  /// `path` is the unit's object, whose name has each other character than letters and digits as `_` and
  /// two hexadecimal digits.
  package static func time(path: String) -> Duration? {
    let service = "org.freedesktop.systemd1"
    let question = Command(
      busctl,
      [
        // Where another process 1 runs, the bus would wait for systemd to start.
        "--system", "--timeout=2", "--auto-start=no", "call", service, path,
        "org.freedesktop.DBus.Properties", "Get", "ss", "\(service).Unit", "StateChangeTimestamp",
      ]
    )
    var answer = ""
    do {
      try question.forEachLine(limit: 1024) { answer += String(decoding: $0, as: UTF8.self) }
    } catch {
      // Where systemd does not answer, nothing is known.
      return nil
    }
    return time(answer: answer)
  }

  /// The time in what busctl(1) prints: the variant's signature `v t`, and microseconds.
  package static func time(answer: String) -> Duration? {
    let words = answer.split(separator: " ")
    guard words.count == 3, words.starts(with: ["v", "t"]), let time = Int64(words[2]), time > 0
    else {
      return nil
    }
    return .microseconds(time)
  }
}
