// SPDX-License-Identifier: Apache-2.0

/// A piece of text on a map, and what it means.
struct Remark: Hashable {
  /// Printable, on one line.
  let text: String
  /// Nil for what means no more than it says.
  let meaning: Style.Meaning?

  /// `text` in its printable form.
  init(_ text: String, _ meaning: Style.Meaning? = nil) {
    self.text = text.printable
    self.meaning = meaning
  }
}

extension String {
  /// The text without what a terminal would obey, XML forbids or a reader would not see.
  ///
  /// Reasons carry what the kernel, IMDS and files hold, which somebody may have broken on purpose:
  /// controls, line ends, marks that turn the direction of writing, code points that are none.
  var printable: String {
    var scalars = UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
        .paragraphSeparator:
        scalars.append("\u{FFFD}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// The text in lines of at most `width` characters, broken between words where that is possible,
  /// all but the first with blanks before them.
  func wrapped(to width: Int, indentation: Int = 0) -> [String] {
    let margin = String(repeating: " ", count: indentation)
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = margin + word
      }
      while line.count > width {
        lines.append(String(line.prefix(width)))
        line = margin + line.dropFirst(width)
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
