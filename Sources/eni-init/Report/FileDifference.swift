// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// How a file on disk differs from what it shall be, in the form of diff(1) -u without context.
struct FileDifference {
  /// The header and the lines that go or come; empty when nothing differs.
  let lines: [String]

  /// The difference of `file` from `old`, its present content; nil for no file.
  init(of file: ConfigFile, from old: String?) {
    guard old != file.content else {
      lines = []
      return
    }
    let before = Self.split(old ?? "")
    let after = Self.split(file.content)
    let changes = after.difference(from: before)
    let gone = Set(changes.removals.map(Self.offset))
    let come = Set(changes.insertions.map(Self.offset))
    var body: [String] = []
    var position = 0
    for (offset, line) in before.enumerated() {
      while position < after.count, come.contains(position) {
        body.append("+" + after[position])
        position += 1
      }
      if gone.contains(offset) { body.append("-" + line) } else { position += 1 }
    }
    body += after[position...].map { "+" + $0 }
    lines = ["--- \(old == nil ? "/dev/null" : file.path)", "+++ \(file.path)"] + body
  }

  private static func split(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  }

  private static func offset(_ change: CollectionDifference<Substring>.Change) -> Int {
    switch change {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }
}
