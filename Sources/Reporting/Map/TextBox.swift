// SPDX-License-Identifier: Apache-2.0

/// A frame of box-drawing characters around lines, with a title at its left and one at its right.
struct TextBox {
  /// What it is drawn with; what is wrong is told by the frame as well as by its colour.
  private struct Frame {
    let horizontal: String
    let vertical: String
    let corners: [String]
    let ports: (left: String, right: String)

    static let light = Frame(
      horizontal: "─",
      vertical: "│",
      corners: ["┌", "┐", "└", "┘"],
      ports: ("┤", "├")
    )
    static let heavy = Frame(
      horizontal: "━",
      vertical: "┃",
      corners: ["┏", "┓", "┗", "┛"],
      ports: ("┨", "┠")
    )
  }

  /// At which sides lines from other boxes come in.
  enum Ports {
    case none
    case left
    case both
  }

  /// The line they come in at.
  static let portLine = 1

  let title: Remark
  var state: Remark?
  let ports: Ports
  /// At least one, none wider than ``room(in:)``.
  let content: [StyledLine]

  /// How wide the content of a box may be.
  static func room(in width: Int) -> Int { width - 4 }

  /// The box, `width` characters wide.
  func lines(_ width: Int) -> [StyledLine] {
    let isBad = state?.meaning == .bad
    let frame: Frame = isBad ? .heavy : .light
    let colour: Style.Meaning = isBad ? .bad : state?.meaning == .doubtful ? .doubtful : .faint
    func ink(_ text: String) -> StyledLine { StyledLine(text, colour) }
    func rule(_ length: Int) -> String {
      String(repeating: frame.horizontal, count: max(0, length))
    }
    let left = StyledLine(" \(title.text) ", title.meaning)
    let right = state.map { StyledLine(" \($0.text) ", $0.meaning) } ?? StyledLine()
    let gap = width - 4 - left.width - right.width
    let top =
      ink(frame.corners[0] + rule(1)) + left + ink(rule(gap)) + right
      + ink(rule(1) + frame.corners[1])
    let middle = content.enumerated().map { position, line in
      let isPort = position + 1 == Self.portLine
      return ink(isPort && ports != .none ? frame.ports.left : frame.vertical) + StyledLine(" ")
        + line.padded(to: Self.room(in: width)) + StyledLine(" ")
        + ink(isPort && ports == .both ? frame.ports.right : frame.vertical)
    }
    return [top] + middle + [ink(frame.corners[2] + rule(width - 2) + frame.corners[3])]
  }
}
