// SPDX-License-Identifier: Apache-2.0

/// One measured quantity.
struct Figure {
  private let name: String
  private let unit: String
  private let values: [Double]
  private let goal: Double?

  init(_ name: String, _ unit: String, _ values: [Double], goal: Double?) {
    self.name = name
    self.unit = unit
    self.values = values.sorted()
    self.goal = goal
  }

  /// Prints the median, the range and the goal in one line.
  func print() {
    Swift.print("\(label) \(summary(values))\(goal.map { ", goal at most \(text($0))" } ?? "")")
  }

  /// Prints it, what another program needs, and how many times as much that is.
  func print(beside others: [Double]) {
    let others = others.sorted()
    let (own, other) = (values[values.count / 2], others[others.count / 2])
    let ratio = own > 0 ? ", \(text(other / own)) times as much" : ""
    Swift.print("\(label) \(summary(values)); \(summary(others))\(ratio)")
  }

  private var label: String { name + String(repeating: " ", count: max(0, 40 - name.count)) }

  private func summary(_ values: [Double]) -> String {
    guard let least = values.first, let most = values.last else { return "nothing" }
    let range = values.count > 1 ? " (\(text(least)) to \(text(most)))" : ""
    return "\(text(values[values.count / 2]))\(unit.isEmpty ? "" : " " + unit)\(range)"
  }

  private func text(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
  }
}
