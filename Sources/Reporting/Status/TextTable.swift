// SPDX-License-Identifier: Apache-2.0

/// Rows of text under a heading, columns as wide as they need to be.
struct TextTable {
  /// The heading.
  let heading: [String]
  /// One array a row, as long as the heading.
  let rows: [[String]]

  /// The lines, the heading first, without blanks at their ends.
  var lines: [String] {
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let line = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }.joined(separator: "  ")
      return String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
    }
  }
}
