// SPDX-License-Identifier: Apache-2.0

/// Text in systemd's unit file syntax (systemd.syntax(7)): comments, sections, assignments.
struct UnitFileText {
  typealias Assignment = (key: String, value: String)

  private(set) var text: String

  /// A file that opens with these comment lines.
  init(comment: [String]) {
    text = comment.map { $0 + "\n" }.joined()
  }

  /// Appends a section; one with the same name may follow, as `[Address]` does.
  mutating func section(_ name: String, _ assignments: [Assignment]) {
    text += "\n[\(name)]\n"
    for assignment in assignments { text += "\(assignment.key)=\(assignment.value)\n" }
  }
}
