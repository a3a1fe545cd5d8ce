// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// The ENIs of the host and their states: one value, printed as a table or as JSON.
package struct StatusReport {
  private let view: HostView

  /// The report of `view`.
  package init(_ view: HostView) { self.view = view }

  /// The form of docs/status.schema.json.
  private struct Document: Encodable {
    /// The version of the form; it grows when a key changes its meaning or goes.
    let version = 1
    let instance: String?
    let stack: String
    let metadata: Metadata
    let refusal: String?
    let interfaces: [InterfaceStatus]

    private enum CodingKeys: String, CodingKey {
      case version
      case instance
      case stack
      case metadata = "imds"
      case refusal
      case interfaces
    }
  }

  private struct Metadata: Encodable {
    let isReachable: Bool
    let error: String?

    private enum CodingKeys: String, CodingKey {
      case isReachable = "reachable"
      case error
    }
  }

  /// JSON with a final newline, keys in a fixed order.
  package func json() throws -> String {
    let document = Document(
      instance: view.instance?.text,
      stack: view.stack.rawValue,
      metadata: metadata,
      refusal: view.refusal,
      interfaces: view.enis.map(InterfaceStatus.init)
    )
    return try document.reportText()
  }

  private var metadata: Metadata {
    switch view.metadata {
    case .answered: Metadata(isReachable: true, error: nil)
    case .failed(let message): Metadata(isReachable: false, error: message)
    }
  }

  /// One line an ENI under a heading, then what concerns them all.
  package func table(_ style: Style) -> String {
    let table = TextTable(
      heading: ["INDEX", "NAME", "ENI", "ADDRESSES", "SUBNET", "TABLE", "STATE"],
      rows: view.enis.map(cells)
    )
    let lines = table.lines
    let rows = zip(lines.dropFirst(), view.enis).map { line, eni in
      // The state is the line's end, so that only that is coloured.
      let state = stateCell(eni)
      return String(line.dropLast(state.count)) + style(state, eni.state.meaning)
    }
    return ([style(lines[0], .heading)] + rows + notes(style)).map { $0 + "\n" }.joined()
  }

  private func notes(_ style: Style) -> [String] {
    var notes: [String] = []
    if let refusal = view.refusal { notes.append(style("Nothing is done: \(refusal)", .doubtful)) }
    if case .failed(let message) = view.metadata { notes.append(style("IMDS: \(message)", .bad)) }
    return notes
  }

  private func cells(_ eni: ENIView) -> [String] {
    [
      eni.slot.map { "\($0.deviceNumber)" + ($0.networkCard == 0 ? "" : "c\($0.networkCard)") }
        ?? (eni.role == .primary ? "0" : "-"),
      eni.link?.name.text ?? "-",
      eni.id?.text ?? eni.mac.description,
      list(eni.addresses.map { address(of: $0, eni) } + eni.delegatedPrefixes.map(\.description)),
      list([eni.subnetID?.description].compactMap(\.self) + eni.subnets.map(\.description)),
      eni.table?.description ?? (eni.role == .primary ? "main" : "-"),
      stateCell(eni),
    ]
  }

  private func address(of prefix: IPPrefix, _ eni: ENIView) -> String {
    prefix.description + (eni.elasticIPs[prefix.address].map { " (\($0))" } ?? "")
  }

  private func stateCell(_ eni: ENIView) -> String {
    eni.state.word + (eni.state.reason.map { ": \($0)" } ?? "")
  }

  private func list(_ words: [String]) -> String {
    words.isEmpty ? "-" : words.joined(separator: ", ")
  }
}

extension ENIState {
  /// How it is coloured.
  package var meaning: Style.Meaning {
    switch self {
    case .primary, .routed: .good
    case .ignored, .held, .unknown: .doubtful
    case .drifted, .absent: .bad
    }
  }
}
