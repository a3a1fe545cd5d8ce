// SPDX-License-Identifier: Apache-2.0

/// A metric with all its samples, in the text format of Prometheus
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
///
/// All are gauges: what is looked at is a state, and nothing is counted from one look to the next.
struct Metric {
  /// One sample: the labels in order, and the value.
  typealias Sample = (labels: [(name: String, value: String)], value: Double)

  /// Its name.
  let name: String
  /// What it says.
  let help: String
  /// Its samples; the labels of any two differ.
  let samples: [Sample]

  /// Its lines; none without a sample.
  var lines: [String] {
    guard !samples.isEmpty else { return [] }
    return ["# HELP \(name) \(help)", "# TYPE \(name) gauge"]
      + samples.map { "\(name)\(Self.text($0.labels)) \(Self.text($0.value))" }
  }

  private static func text(_ labels: [(name: String, value: String)]) -> String {
    guard !labels.isEmpty else { return "" }
    return "{" + labels.map { "\($0.name)=\"\(escape($0.value))\"" }.joined(separator: ",") + "}"
  }

  /// Whole numbers without a point, as everybody writes them.
  private static func text(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private static func escape(_ value: String) -> String {
    value.map { character in
      switch character {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\n", "\r\n": "\\n"
      default: "\(character)"
      }
    }.joined()
  }
}
