// SPDX-License-Identifier: Apache-2.0

/// What a check-up has found, as text or as JSON.
package struct CheckReport {
  /// What was found, the gravest first.
  package let findings: [Finding]

  /// The report of these findings.
  package init(_ findings: [Finding]) { self.findings = findings }

  /// The gravest severity; nil when nothing was found.
  package var severity: Severity? { findings.map(\.id.severity).max() }

  /// Its name, what shows it, what it breaks and the remedy, for each finding.
  package func text(_ style: Style) -> String {
    guard !findings.isEmpty else {
      return style("Nothing found: replies are symmetric.", .good) + "\n"
    }
    let paragraphs = findings.map { finding in
      let severity = finding.id.severity
      let subject = finding.subject.map { " on \($0)" } ?? ""
      let heading = "\(severity.rawValue): \(finding.id.rawValue)\(subject)"
      let lines =
        [style(heading, severity.meaning)] + finding.details.map { "  " + $0 }
        + ["  It breaks: \(finding.id.consequence).", "  Remedy: \(finding.remedy)."]
      return lines.map { $0 + "\n" }.joined()
    }
    return paragraphs.joined(separator: "\n") + "\n" + total + "\n"
  }

  private var total: String {
    let problems = findings.count { $0.id.severity == .problem }
    let warnings = findings.count - problems
    return "\(problems) problem\(problems == 1 ? "" : "s"), \(warnings) "
      + "warning\(warnings == 1 ? "" : "s"). eni-init-checks(7) tells of each."
  }

  private struct Document: Encodable {
    /// The version of the form; it grows when a key changes its meaning or goes.
    let version = 1
    let findings: [Item]
  }

  private struct Item: Encodable {
    let id: FindingID
    let severity: Severity
    let subject: String?
    let details: [String]
    let consequence: String
    let remedy: String
  }

  /// JSON with a final newline, keys in a fixed order.
  package func json() throws -> String {
    let items = findings.map {
      Item(
        id: $0.id,
        severity: $0.id.severity,
        subject: $0.subject,
        details: $0.details,
        consequence: $0.id.consequence,
        remedy: $0.remedy
      )
    }
    return try Document(findings: items).reportText()
  }
}
