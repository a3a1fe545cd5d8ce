// SPDX-License-Identifier: Apache-2.0

/// An ENI's box on a map in SVG.
struct SVGInterface {
  /// A line that leaves the box for an Elastic IP.
  struct Exit {
    let y: Int
    let address: String
    let elasticIP: String
    let isBad: Bool
  }

  static let width = 440
  private static let padding = 14
  private static let headHeight = 32
  private static let footHeight = 10

  private let eni: MappedENI
  private let rows: [SVGRow]

  init(_ eni: MappedENI) {
    self.eni = eni
    rows = Self.rows(of: eni)
  }

  var height: Int { Self.headHeight + rows.reduce(0) { $0 + $1.height } + Self.footHeight }

  /// How far below its upper edge the lines from other boxes come in.
  static let port = 18

  /// The box and what leaves it, with its upper left corner there.
  func drawn(x: Int, y: Int) -> (element: SVGElement, exits: [Exit]) {
    let frame = SVGFrame(x: x, y: y, width: Self.width, height: height)
    var children = [
      SVGElement("title", text: eni.summary),
      .box(frame, fill: .paper, stroke: stroke, isDashed: !eni.hasLink),
    ]
    children += head(frame)
    var exits: [Exit] = []
    var bottom = y + Self.headHeight
    for row in rows {
      bottom += row.height
      children += drawn(row, frame, bottom - 5)
      guard let elasticIP = row.elasticIP, let address = row.cells.first?.text else { continue }
      let exit = Exit(y: bottom - 9, address: address, elasticIP: elasticIP, isBad: row.isBad)
      let start = min(x + Self.padding + row.end + 8, frame.right)
      children.append(.exit(start..<frame.right, exit))
      exits.append(exit)
    }
    return (SVGElement("g", [], children), exits)
  }

  private var stroke: SVGColour {
    switch eni.state.meaning {
    case .bad: .bad
    case .doubtful: .doubtful
    default: .line
    }
  }

  private func head(_ frame: SVGFrame) -> [SVGElement] {
    let baseline = frame.y + 23
    var right = frame.right - Self.padding
    var elements: [SVGElement] = [
      .text(eni.name, x: frame.x + Self.padding, y: baseline, .name)
    ]
    for mark in [eni.state, eni.defaultRoute].compactMap(\.self) {
      let width = SVGFont.label.width(of: mark.text.count) + 16
      right -= width
      let pill = SVGFrame(x: right, y: frame.y + 8, width: width, height: 20)
      let paper: SVGColour = mark.meaning == nil ? .internetPaper : .paper(for: mark.meaning)
      let ink: SVGColour = mark.meaning == nil ? .internet : SVGColour(mark.meaning)
      elements.append(.box(pill, fill: paper, radius: 10))
      elements.append(
        .text(mark.text, x: right + width / 2, y: frame.y + 22, .label, ink, isCentred: true)
      )
      right -= 8
    }
    return elements
  }

  private func drawn(_ row: SVGRow, _ frame: SVGFrame, _ baseline: Int) -> [SVGElement] {
    let behind = row.paper.map { paper in
      SVGElement.box(
        SVGFrame(
          x: frame.x + Self.padding - 6,
          y: baseline - 13,
          width: Self.width - 2 * Self.padding + 12,
          height: SVGFont.leading
        ),
        fill: paper,
        radius: 0
      )
    }
    let cells = row.cells.map {
      SVGElement.text($0.text, x: frame.x + Self.padding + $0.x, y: baseline, $0.font, $0.colour)
    }
    return [behind].compactMap(\.self) + cells
  }
}

extension SVGInterface {
  private static let contentWidth = width - 2 * padding

  private static func rows(of eni: MappedENI) -> [SVGRow] {
    let identity = SVGRow(cells: [
      SVGRow.Cell(text: eni.id, colour: .faint),
      SVGRow.Cell(
        x: SVGFont.code.width(of: eni.id.count) + 10,
        text: eni.slot,
        font: .prose,
        colour: .faint
      ),
    ])
    let addresses = eni.addresses.chunked { $0.isPlain && $1.isPlain }.flatMap { run in
      run[0].isPlain ? columns(run.map(\.text)) : run.map(special)
    }
    var replies = eni.replies.flatMap {
      SVGRow.paragraph(
        "Replies leave by: \($0.text)",
        .prose,
        SVGColour($0.meaning),
        width: contentWidth
      )
    }
    var reasons = eni.reasons.flatMap {
      SVGRow.paragraph(
        $0.text,
        .prose,
        SVGColour($0.meaning),
        paper: .paper(for: $0.meaning),
        width: contentWidth
      )
    }
    if !replies.isEmpty { replies[0].isApart = true }
    if !reasons.isEmpty { reasons[0].isApart = true }
    return [identity] + addresses + replies + reasons
  }

  /// Addresses with nothing to say of them, side by side: all of them.
  private static func columns(_ texts: [String]) -> [SVGRow] {
    let width = SVGFont.code.width(of: (texts.map(\.count).max() ?? 0) + 2)
    let count = max(1, contentWidth / width)
    return stride(from: 0, to: texts.count, by: count).map { start in
      let row = texts[start..<min(start + count, texts.count)]
      return SVGRow(
        cells: row.enumerated().map { SVGRow.Cell(x: $0 * width, text: $1) }
      )
    }
  }

  private static func special(_ address: MappedAddress) -> SVGRow {
    let text = SVGRow.Cell(text: address.text)
    let remark = address.remark.map {
      SVGRow.Cell(
        x: SVGFont.code.width(of: address.text.count) + 10,
        text: $0.text,
        font: .prose,
        colour: SVGColour($0.meaning ?? .faint)
      )
    }
    return SVGRow(
      cells: [text] + [remark].compactMap(\.self),
      elasticIP: address.elasticIP,
      isBad: address.isBad
    )
  }
}
