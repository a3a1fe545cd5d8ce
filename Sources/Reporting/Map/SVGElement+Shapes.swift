// SPDX-License-Identifier: Apache-2.0

extension SVGElement {
  /// A rectangle with rounded corners.
  static func box(
    _ frame: SVGFrame,
    fill: SVGColour,
    stroke: SVGColour? = nil,
    isDashed: Bool = false,
    radius: Int = 6
  ) -> Self {
    var attributes: [(StaticString, String)] = [
      ("x", "\(frame.x)"), ("y", "\(frame.y)"),
      ("width", "\(frame.width)"), ("height", "\(frame.height)"),
      ("rx", "\(radius)"), ("fill", fill.rawValue),
    ]
    if let stroke { attributes.append(("stroke", stroke.rawValue)) }
    if isDashed { attributes.append(("stroke-dasharray", "5 4")) }
    return SVGElement("rect", attributes)
  }

  /// A line from left to right.
  static func wire(
    _ range: Range<Int>,
    y: Int,
    _ colour: SVGColour,
    width: Int = 2,
    isDashed: Bool = false
  ) -> Self {
    SVGElement(
      "line",
      [
        ("x1", "\(range.lowerBound)"), ("y1", "\(y)"), ("x2", "\(range.upperBound)"),
        ("y2", "\(y)"),
        ("stroke", colour.rawValue), ("stroke-width", "\(width)"),
      ] + (isDashed ? [("stroke-dasharray", "5 4")] : [])
    )
  }

  /// A part of the line from an address to its Elastic IP.
  static func exit(_ range: Range<Int>, _ exit: SVGInterface.Exit) -> Self {
    let colour: SVGColour = exit.isBad ? .bad : .internet
    return .wire(range, y: exit.y, colour, width: 1, isDashed: exit.isBad)
  }

  /// A line of text whose baseline begins at `x`, `y`, or has its middle there.
  static func text(
    _ text: String,
    x: Int,
    y: Int,
    _ font: SVGFont = .prose,
    _ colour: SVGColour = .ink,
    isCentred: Bool = false
  ) -> Self {
    SVGElement(
      "text",
      [("x", "\(x)"), ("y", "\(y)"), ("fill", colour.rawValue)] + font.attributes
        + (isCentred ? [("text-anchor", "middle")] : []),
      text: text
    )
  }
}
