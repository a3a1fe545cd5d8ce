// SPDX-License-Identifier: Apache-2.0

/// A box that is as high as what is connected with it: the instance, a subnet, the internet.
struct SVGBand {
  private static let padding = 12

  private let width: Int
  private let rows: [SVGRow]

  /// A band with these paragraphs at its top.
  init(width: Int, _ paragraphs: [(text: String, font: SVGFont, colour: SVGColour)]) {
    self.width = width
    rows = paragraphs.flatMap {
      SVGRow.paragraph($0.text, $0.font, $0.colour, width: width - 2 * Self.padding)
    }
  }

  /// What its text needs.
  var height: Int { rows.count * SVGFont.leading + 16 }

  func drawn(x: Int, y: Int, height: Int, fill: SVGColour) -> [SVGElement] {
    let frame = SVGFrame(x: x, y: y, width: width, height: max(height, self.height))
    let texts = rows.enumerated().flatMap { position, row in
      row.cells.map {
        SVGElement.text(
          $0.text,
          x: x + Self.padding,
          y: y + 22 + position * SVGFont.leading,
          $0.font,
          $0.colour
        )
      }
    }
    return [.box(frame, fill: fill, stroke: .line)] + texts
  }
}

extension SVGBand {
  /// The band of a subnet, with the VPC router in it.
  static func subnet(_ subnet: MappedSubnet, width: Int) -> SVGBand {
    let id = subnet.id.map { ($0, SVGFont.code, SVGColour.ink) }
    let routers = subnet.routers.map { ($0, SVGFont.code, SVGColour.ink) }
    return SVGBand(
      width: width,
      [id ?? ("id not known", .prose, .faint)]
        + subnet.blocks.map { ($0, .code, .ink) }
        + (routers.isEmpty ? [] : [("VPC router", .label, .faint)] + routers)
    )
  }
}
