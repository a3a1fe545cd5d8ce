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
    guard let least = values.first, let most = values.last else { return }
    let median = values[values.count / 2]
    let range = values.count > 1 ? " (\(text(least)) to \(text(most)))" : ""
    let aim = goal.map { ", goal at most \(text($0))" } ?? ""
    let label = name + String(repeating: " ", count: max(0, 40 - name.count))
    Swift.print("\(label) \(text(median))\(unit.isEmpty ? "" : " " + unit)\(range)\(aim)")
  }

  private func text(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
  }
}
