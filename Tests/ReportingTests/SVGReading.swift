// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML

/// What a parser of XML finds in a map.
final class SVGReading: NSObject, XMLParserDelegate {
  /// The names of all elements.
  private(set) var elements: Set<String> = []
  /// The names of all attributes.
  private(set) var attributes: Set<String> = []
  /// The content of each `text` element.
  private(set) var texts: Set<String> = []
  /// All text, also what is there for who does not see the picture.
  private(set) var everything = ""
  private var current = ""

  /// The parsed document.
  ///
  /// - Throws: the parser's error when it is not well-formed.
  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func parser(
    _ parser: XMLParser,
    didStartElement name: String,
    namespaceURI: String?,
    qualifiedName: String?,
    attributes values: [String: String]
  ) {
    elements.insert(name)
    attributes.formUnion(values.keys)
    current = ""
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    current += text
    everything += text
  }

  func parser(
    _ parser: XMLParser,
    didEndElement name: String,
    namespaceURI: String?,
    qualifiedName: String?
  ) {
    if name == "text" { texts.insert(current) }
  }
}
