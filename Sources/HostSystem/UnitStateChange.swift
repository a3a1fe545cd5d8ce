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
        "--system", "--timeout=2", "get-property", service, path, "\(service).Unit",
        "StateChangeTimestamp",
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

  /// The time in what busctl(1) prints: `t` and microseconds.
  package static func time(answer: String) -> Duration? {
    let words = answer.split(separator: " ")
    guard words.count == 2, words[0] == "t", let time = Int64(words[1]), time > 0 else {
      return nil
    }
    return .microseconds(time)
  }
}
