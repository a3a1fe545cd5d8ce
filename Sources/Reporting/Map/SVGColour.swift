// SPDX-License-Identifier: Apache-2.0

/// The colours of a map; each of those for text has a contrast of 4.5 or more with what is behind it
/// (Web Content Accessibility Guidelines 2.2, 1.4.3).
enum SVGColour: String {
  /// What is behind everything, so that it does not matter where the picture is put.
  case ground = "#f6f8fa"
  case paper = "#ffffff"
  case line = "#afb8c1"
  case ink = "#1f2328"
  case faint = "#57606a"
  case good = "#116329"
  case goodPaper = "#dafbe1"
  case bad = "#b3141d"
  case badPaper = "#ffebe9"
  case doubtful = "#7d4e00"
  case doubtfulPaper = "#fff8c5"
  case internet = "#0550ae"
  case internetPaper = "#ddf4ff"

  /// The colour of text that means this.
  init(_ meaning: Style.Meaning?) {
    switch meaning {
    case .good: self = .good
    case .bad: self = .bad
    case .doubtful: self = .doubtful
    case .faint: self = .faint
    case .heading, nil: self = .ink
    }
  }

  /// What is behind text that means this.
  static func paper(for meaning: Style.Meaning?) -> SVGColour {
    switch meaning {
    case .good: .goodPaper
    case .bad: .badPaper
    case .doubtful: .doubtfulPaper
    case .faint, .heading, nil: .paper
    }
  }
}
