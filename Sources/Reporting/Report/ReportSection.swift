// SPDX-License-Identifier: Apache-2.0

/// A part of a report for somebody who is not at the host.
package struct ReportSection: Sendable {
  /// What it is about.
  package let title: String
  /// What there is to read, lines.
  package let body: String

  /// The section `title`.
  package init(_ title: String, _ body: String) {
    self.title = title
    self.body = body
  }

  /// The section as text: the title underlined, then the body.
  package var text: String {
    let end = body.isEmpty || body.hasSuffix("\n") ? "" : "\n"
    return "\(title)\n\(String(repeating: "=", count: title.count))\n\(body)\(end)\n"
  }
}
