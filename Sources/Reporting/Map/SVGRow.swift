// SPDX-License-Identifier: Apache-2.0

/// One line of text in an ENI's box, and the Elastic IP it leads to.
struct SVGRow {
  /// A piece of the line.
  struct Cell {
    /// From the left of the box's content.
    var x = 0
    let text: String
    var font = SVGFont.code
    var colour = SVGColour.ink
  }

  var cells: [Cell]
  var elasticIP: String?
  /// Whether what it leads to is reached in vain.
  var isBad = false
  /// What is painted behind it.
  var paper: SVGColour?
  /// Whether there is more room above it, since something else begins.
  var isApart = false

  /// What it takes from its box, without the room above.
  static let gap = 6
  var height: Int { SVGFont.leading + (isApart ? Self.gap : 0) }

  /// Where the last cell ends.
  var end: Int {
    cells.last.map { $0.x + $0.font.width(of: $0.text.count) } ?? 0
  }

  /// A text in as many rows as it needs.
  static func paragraph(
    _ text: String,
    _ font: SVGFont,
    _ colour: SVGColour,
    paper: SVGColour? = nil,
    width: Int
  ) -> [SVGRow] {
    text.wrapped(to: font.letters(in: width)).map {
      SVGRow(cells: [Cell(text: $0, font: font, colour: colour)], paper: paper)
    }
  }
}
