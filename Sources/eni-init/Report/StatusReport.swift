// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import NetworkModel
import Udev

/// The ENIs of the host and their states: one value, printed as a table or as JSON.
struct StatusReport: Encodable {
  /// The version of the JSON form; it grows when a key changes its meaning or goes.
  let version = 1
  /// The instance, where the hypervisor shows its id.
  let instance: String?
  /// The ENIs by slot, the primary first.
  let interfaces: [InterfaceStatus]

  private enum CodingKeys: String, CodingKey {
    case version
    case instance
    case interfaces
  }

  /// The report of what kernel, udev and the records show.
  init(
    state: KernelState,
    marked: [UdevLink],
    instance: InstanceID?,
    records: [InterfaceRecord],
    namePrefix: String
  ) {
    self.instance = instance?.text
    interfaces = marked.compactMap { mark in
      guard let role = mark.role,
        let link = state.links.first(where: { $0.index == mark.index })
      else { return nil }
      let record = records.first { state.link(mac: $0.mac)?.index == link.index }
      return InterfaceStatus(
        link,
        role: role,
        record: record,
        namePrefix: namePrefix,
        state: state
      )
    }.sorted { ($0.order, $0.index) < ($1.order, $1.index) }
  }

  /// JSON with a final newline, keys in a fixed order.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// One line an ENI under a heading, columns as wide as they need to be.
  var table: String {
    let heading = ["INDEX", "NAME", "ENI", "ADDRESSES", "TABLE", "STATE"]
    let rows = [heading] + interfaces.map(\.cells)
    let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let padded = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      let line = padded.joined(separator: "  ")
      return String(line.prefix(line.count - trailingBlanks(line))) + "\n"
    }.joined()
  }

  private func trailingBlanks(_ line: String) -> Int { line.reversed().prefix { $0 == " " }.count }
}
