// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a text in the exposition format of Prometheus, strictly read
/// (https://prometheus.io/docs/instrumenting/exposition_formats/), and by the conventions that
/// `promtool check metrics` knows.
struct ExpositionFormat {
  /// One line a fault; empty for none.
  private(set) var faults: [String] = []

  private var helped: Set<String> = []
  private var typed: Set<String> = []
  private var current: String?
  private var series: Set<String> = []

  /// Reads all of `text`.
  init(_ text: String) {
    if !text.isEmpty, !text.hasSuffix("\n") { faults.append("the last line has no end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let line = String(line)
      if let match = line.wholeMatch(of: /# HELP ([^ ]+) (.+)/) {
        begin(String(match.output.1), line)
      } else if let match = line.wholeMatch(of: /# TYPE ([^ ]+) gauge/) {
        let name = String(match.output.1)
        if name != current || !typed.insert(name).inserted {
          faults.append("out of place: \(line)")
        }
      } else {
        sample(line)
      }
    }
    for name in helped.subtracting(typed) { faults.append("\(name) has no type") }
  }

  private mutating func begin(_ name: String, _ line: String) {
    if !helped.insert(name).inserted { faults.append("a second time: \(line)") }
    if name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) == nil { faults.append("name: \(line)") }
    for suffix in ["_total", "_count", "_sum", "_bucket", "_gauge"] where name.hasSuffix(suffix) {
      faults.append("no name for a gauge: \(line)")
    }
    for unit in ["_s", "_sec", "_ms", "_milliseconds", "_minutes"] where name.hasSuffix(unit) {
      faults.append("no base unit: \(line)")
    }
    current = name
  }

  private mutating func sample(_ line: String) {
    let form =
      /([a-z0-9_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\[\\"n])*",?)+)\})? (-?[0-9]+(?:\.[0-9]+)?)/
    guard let match = line.wholeMatch(of: form) else { return faults.append("no sample: \(line)") }
    let name = String(match.output.1)
    if name != current || !typed.contains(name) { faults.append("out of place: \(line)") }
    let labels = match.output.2 ?? ""
    if labels.hasSuffix(",") { faults.append("a comma in the end: \(line)") }
    let names = labels.matches(of: /([a-z_]+)="(?:[^"\\]|\\[\\"n])*"/).map { $0.output.1 }
    if Set(names).count != names.count { faults.append("a label twice: \(line)") }
    if names.contains(where: { $0.hasPrefix("__") }) { faults.append("a reserved label: \(line)") }
    if !series.insert("\(name){\(labels)}").inserted { faults.append("a second time: \(line)") }
  }
}
