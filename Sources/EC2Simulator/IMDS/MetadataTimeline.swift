// SPDX-License-Identifier: Apache-2.0

/// How an ENI's metadata becomes true: IMDS is eventually consistent, the ENI itself is not.
///
/// Time counts from the ENI's attachment to the server. An empty timeline tells the truth at once.
package struct MetadataTimeline: Sendable {
  /// Whether the MAC is listed in `macs/`; leaves of an unlisted MAC do not exist either.
  package var isListed = Timed(true)
  /// Values instead of the true ones, by key; an inner nil means the key is absent (404).
  package var values: [String: Timed<Answer>] = [:]

  /// What a key says at one moment.
  package enum Answer: Hashable, Sendable {
    /// What follows from the ENI's facts.
    case truth
    /// 404.
    case absent
    /// 200 with this body.
    case text(String)
  }

  /// A timeline in which everything is true from the start.
  package init() {}

  /// The MAC appears in `macs/` only after `delay`.
  package func listed(after delay: Duration) -> Self {
    var copy = self
    copy.isListed = Timed(false).then(true, after: delay)
    return copy
  }

  /// The MAC disappears from `macs/` after `delay`, though the ENI stays attached.
  package func omitted(after delay: Duration) -> Self {
    var copy = self
    copy.isListed = copy.isListed.then(false, after: delay)
    return copy
  }

  /// `device-number` says 0 until `delay` has passed, as while an attachment propagates.
  package func deviceNumberZero(until delay: Duration) -> Self {
    setting("device-number", Timed(.text("0")).then(.truth, after: delay))
  }

  /// `key` answers 404 until `delay` has passed.
  package func absent(_ key: String, until delay: Duration) -> Self {
    setting(key, Timed(.absent).then(.truth, after: delay))
  }

  /// `key` answers 404 for ever.
  package func absent(_ key: String) -> Self {
    setting(key, Timed(.absent))
  }

  /// `key` answers `text` for ever; the empty text is 200 with an empty body.
  package func text(_ text: String, for key: String) -> Self {
    setting(key, Timed(.text(text)))
  }

  /// `key` lists the first of `lines` at once and one more after each `interval`.
  package func lines(_ lines: [String], of key: String, oneEvery interval: Duration) -> Self {
    var answer = Timed(Answer.text(lines.prefix(1).joined(separator: "\n")))
    for count in lines.indices.dropFirst() {
      let text = lines[...count].joined(separator: "\n")
      answer = answer.then(.text(text), after: interval * count)
    }
    return setting(key, answer)
  }

  /// `key` answers what `answer` says.
  package func setting(_ key: String, _ answer: Timed<Answer>) -> Self {
    var copy = self
    copy.values[key] = answer
    return copy
  }
}
