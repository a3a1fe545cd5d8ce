// SPDX-License-Identifier: Apache-2.0

/// An element of an SVG document.
///
/// Names are literals of this program; everything else is escaped, so no text becomes markup
/// (Extensible Markup Language 1.0, sections 2.2 and 2.4).
struct SVGElement {
  private enum Content {
    case text(String)
    case element(SVGElement)
  }

  private let name: StaticString
  private var attributes: [(name: StaticString, value: String)]
  private var content: [Content]

  /// An element with these attributes, around `children`.
  init(
    _ name: StaticString,
    _ attributes: [(StaticString, String)] = [],
    _ children: [SVGElement] = []
  ) {
    self.name = name
    self.attributes = attributes.map { (name: $0, value: $1) }
    content = children.map { .element($0) }
  }

  /// An element around a text.
  init(_ name: StaticString, _ attributes: [(StaticString, String)] = [], text: String) {
    self.init(name, attributes)
    content = [.text(text)]
  }

  /// The element as lines of XML.
  func lines(indentation: Int = 0) -> [String] {
    let margin = String(repeating: " ", count: indentation)
    let attributes = attributes.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
    let start = "\(margin)<\(name)\(attributes)"
    guard !content.isEmpty else { return [start + "/>"] }
    if case .text(let text) = content[0] {
      return ["\(start)>\(Self.escaped(text))</\(name)>"]
    }
    let inner = content.flatMap { content -> [String] in
      guard case .element(let element) = content else { return [] }
      return element.lines(indentation: indentation + 1)
    }
    return [start + ">"] + inner + ["\(margin)</\(name)>"]
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.printable.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
