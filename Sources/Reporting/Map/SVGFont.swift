// SPDX-License-Identifier: Apache-2.0

/// The letters of a map.
///
/// Whoever opens it has fonts of their own, so widths are estimates on the safe side.
enum SVGFont {
  case title
  case name
  case label
  case prose
  case code

  /// For the whole document; addresses and ids have ``code``'s own.
  static let family = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
  private static let codeFamily = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

  /// From one baseline to the next.
  static let leading = 18

  var attributes: [(StaticString, String)] {
    switch self {
    case .title: [("font-size", "20"), ("font-weight", "600")]
    case .name: [("font-size", "15"), ("font-weight", "600")]
    case .label: [("font-size", "11"), ("font-weight", "600")]
    case .prose: [("font-size", "12")]
    case .code: [("font-size", "12"), ("font-family", Self.codeFamily)]
    }
  }

  /// About how many pixels `count` letters need, in tenths so that nothing has a fraction.
  func width(of count: Int) -> Int {
    let tenths =
      switch self {
      case .title: 130
      case .name: 98
      case .label: 72
      case .prose: 68
      case .code: 73
      }
    return (count * tenths + 9) / 10
  }

  /// How many letters have room in so many pixels.
  func letters(in pixels: Int) -> Int { max(8, pixels * 100 / width(of: 100)) }
}
