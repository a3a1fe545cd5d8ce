// SPDX-License-Identifier: Apache-2.0
import NetworkModel

extension InstanceMap {
  /// The map as an SVG document that needs nothing else: no script, no style sheet, no font.
  ///
  /// Nothing is shortened. It has a background of its own, and its text can be selected.
  package var svg: String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + SVGMap(self).document.lines().map { $0 + "\n" }.joined()
  }
}

/// Arranges an ``InstanceMap`` in four columns, all of whose lines go from left to right.
struct SVGMap {
  private static let margin = 24
  private static let columnGap = 30
  private static let instance = (x: margin, width: 190)
  private static let interfaces = instance.x + instance.width + columnGap
  private static let subnets = (x: interfaces + SVGInterface.width + columnGap, width: 214)
  private static let internet = (x: subnets.x + subnets.width + columnGap, width: 170)
  /// Between two boxes of one subnet.
  private static let boxGap = 12
  /// Between two subnets.
  private static let groupGap = 24

  private let map: InstanceMap

  init(_ map: InstanceMap) {
    self.map = map
  }

  private var hasInternet: Bool {
    map.enis.contains { $0.addresses.contains { $0.elasticIP != nil } }
  }

  private var right: Int {
    hasInternet
      ? Self.internet.x + Self.internet.width : Self.subnets.x + Self.subnets.width
  }

  var document: SVGElement {
    let (head, top) = head
    let (groups, exits, bottom) = groups(from: top)
    let instance = SVGBand(
      width: Self.instance.width,
      [(map.title, .code, .ink)] + map.facts.map { ($0, .prose, .faint) }
    )
    let end = max(bottom, top + instance.height)
    let bands =
      instance.drawn(x: Self.instance.x, y: top, height: end - top, fill: .paper)
      + (hasInternet ? internet(exits, top, end) : [])
    let size = (width: right + Self.margin, height: end + Self.margin)
    let ground = SVGFrame(x: 0, y: 0, width: size.width, height: size.height)
    return SVGElement(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("width", "\(size.width)"),
        ("height", "\(size.height)"), ("viewBox", "0 0 \(size.width) \(size.height)"),
        ("role", "img"), ("aria-labelledby", "title description"),
        ("font-family", SVGFont.family),
      ],
      [
        SVGElement("title", [("id", "title")], text: title),
        SVGElement("desc", [("id", "description")], text: description),
        .box(ground, fill: .ground, radius: 8),
      ] + head + bands + groups
    )
  }

  private var title: String { "Network of \(map.title)" }

  private var description: String {
    (map.facts + map.notes.map(\.text) + map.enis.map(\.summary)).joined(separator: ". ")
  }

  /// The title, what concerns the whole host, and the columns' headings; then where they end.
  private var head: (elements: [SVGElement], bottom: Int) {
    var elements: [SVGElement] = [.text(title, x: Self.margin, y: 42, .title)]
    var y = 58
    for note in map.notes {
      let room = right - Self.margin - 24
      let lines = note.text.wrapped(to: SVGFont.prose.letters(in: room))
      let height = lines.count * SVGFont.leading + 12
      let frame = SVGFrame(x: Self.margin, y: y, width: right - Self.margin, height: height)
      let colour = SVGColour(note.meaning)
      elements.append(.box(frame, fill: .paper(for: note.meaning), stroke: colour))
      elements += lines.enumerated().map { position, line in
        .text(line, x: Self.margin + 12, y: y + 19 + position * SVGFont.leading, .prose, colour)
      }
      y += height + 8
    }
    let headings =
      [("Instance", Self.instance.x), ("Network interfaces", Self.interfaces)]
      + (map.subnets.contains(where: \.isKnown) ? [("Subnets", Self.subnets.x)] : [])
      + (hasInternet ? [("Internet", Self.internet.x)] : [])
    elements += headings.map { .text($0, x: $1, y: y + 18, .label, .faint) }
    return (elements, y + 28)
  }

  private func groups(
    from top: Int
  ) -> (elements: [SVGElement], exits: [SVGInterface.Exit], bottom: Int) {
    var elements: [SVGElement] = []
    var exits: [SVGInterface.Exit] = []
    var y = top
    for subnet in map.subnets {
      let group = group(subnet, from: y)
      elements += group.elements
      exits += group.exits
      y = group.bottom + Self.groupGap
    }
    return (elements, exits, map.subnets.isEmpty ? top : y - Self.groupGap)
  }

  /// The boxes of a subnet's ENIs, its own beside them, and the lines on both sides.
  private func group(
    _ subnet: MappedSubnet,
    from top: Int
  ) -> (elements: [SVGElement], exits: [SVGInterface.Exit], bottom: Int) {
    var elements: [SVGElement] = []
    var exits: [SVGInterface.Exit] = []
    var y = top
    for eni in subnet.enis {
      let box = SVGInterface(eni)
      let drawn = box.drawn(x: Self.interfaces, y: y)
      let port = y + SVGInterface.port
      let left = Self.instance.x + Self.instance.width
      elements.append(.wire(left..<Self.interfaces, y: port, .line))
      if subnet.isKnown {
        let right = Self.interfaces + SVGInterface.width
        elements.append(.wire(right..<Self.subnets.x, y: port, .line))
      }
      elements.append(drawn.element)
      exits += drawn.exits
      y += box.height + Self.boxGap
    }
    elements += exits.map {
      .exit(Self.interfaces + SVGInterface.width..<Self.internet.x, $0)
    }
    // After the lines, so that they pass behind it.
    let band = SVGBand.subnet(subnet, width: Self.subnets.width)
    let height = max(y - Self.boxGap - top, band.height)
    if subnet.isKnown {
      elements += band.drawn(x: Self.subnets.x, y: top, height: height, fill: .paper)
    }
    return (elements, exits, top + height)
  }

  /// The Elastic IPs, each beside its address.
  private func internet(_ exits: [SVGInterface.Exit], _ top: Int, _ bottom: Int) -> [SVGElement] {
    let (x, width) = Self.internet
    let frame = SVGFrame(x: x, y: top, width: width, height: bottom - top)
    let cards = exits.map { exit in
      let label = SVGFrame(x: x + 12, y: exit.y - 8, width: width - 24, height: 16)
      return SVGElement(
        "g",
        [],
        [
          SVGElement("title", text: "\(exit.elasticIP) is the public address of \(exit.address)"),
          .exit(x..<label.x, exit),
          .box(label, fill: exit.isBad ? .badPaper : .internetPaper, radius: 4),
          .text(
            exit.elasticIP,
            x: label.x + label.width / 2,
            y: exit.y + 4,
            .code,
            exit.isBad ? .bad : .internet,
            isCentred: true
          ),
        ]
      )
    }
    return [.box(frame, fill: .paper, stroke: .line)] + cards
  }
}
