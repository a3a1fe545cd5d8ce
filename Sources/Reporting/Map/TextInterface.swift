// SPDX-License-Identifier: Apache-2.0

/// An ENI's box on a map in text.
struct TextInterface {
  /// Addresses with nothing to say of them fill this many lines, the last of which may count the rest.
  private static let plainLines = 4
  /// So many reasons are told; `eni-init plan` has them all.
  private static let maximumReasons = 3

  private let eni: MappedENI
  private let room: Int

  /// The box of an ENI with room for this many characters a line.
  init(_ eni: MappedENI, room: Int) {
    self.eni = eni
    self.room = room
  }

  func box(_ ports: TextBox.Ports) -> TextBox {
    TextBox(
      title: Remark(title, .heading),
      state: eni.state,
      ports: ports,
      content: lines(eni.id + ", " + eni.slot) + addresses + replies + reasons
    )
  }

  /// Short enough for the frame, also when somebody's name for an ENI is as long as a name may be.
  private var title: String {
    let mark = eni.defaultRoute.map { " (\($0.text))" } ?? ""
    let isRoomy = eni.name.count + mark.count + eni.state.text.count + 4 <= room
    return eni.name + (isRoomy ? mark : "")
  }

  private var addresses: [StyledLine] {
    eni.addresses.chunked { $0.isPlain && $1.isPlain }.flatMap { run in
      run[0].isPlain ? plain(run.map(\.text)) : run.flatMap(special)
    }
  }

  private func plain(_ texts: [String]) -> [StyledLine] {
    var lines = texts.packed(to: room)
    let isLong = lines.count > Self.plainLines
    if isLong { lines.removeLast(lines.count - Self.plainLines + 1) }
    let rest = texts.count - lines.reduce(0) { $0 + $1.count }
    return lines.flatMap { self.lines($0.joined(separator: ", ")) }
      + (isLong ? [StyledLine("and \(rest) more", .faint)] : [])
  }

  private func special(_ address: MappedAddress) -> [StyledLine] {
    let words = address.text + (address.elasticIP.map { " ↔ \($0)" } ?? "")
    guard let remark = address.remark else { return lines(words) }
    let comment = Self.marked(remark)
    let meaning = remark.meaning ?? .faint
    guard words.count + 1 + comment.count > room else {
      return [StyledLine(words + " ") + StyledLine(comment, meaning)]
    }
    let below = comment.wrapped(to: room - 2).map { StyledLine("  ") + StyledLine($0, meaning) }
    return lines(words) + below
  }

  private var replies: [StyledLine] {
    eni.replies.flatMap {
      lines(Self.marked(Remark("replies leave by: " + $0.text, $0.meaning)), $0.meaning)
    }
  }

  private var reasons: [StyledLine] {
    let rest = eni.reasons.count - Self.maximumReasons
    let shown = eni.reasons.prefix(rest > 1 ? Self.maximumReasons : eni.reasons.count)
    return shown.flatMap { lines(Self.marked($0), $0.meaning) }
      + (rest > 1 ? lines("and \(rest) more: see `eni-init plan`", shown.first?.meaning) : [])
  }

  /// A text that is seen to be bad without a colour, too.
  private static func marked(_ remark: Remark) -> String {
    (remark.meaning == .bad ? "! " : "") + remark.text
  }

  /// What does not fit on the first line is indented on the next ones.
  private func lines(_ text: String, _ meaning: Style.Meaning? = nil) -> [StyledLine] {
    text.wrapped(to: room, indentation: 2).map { StyledLine($0, meaning) }
  }
}

extension Array {
  /// The elements in runs: neighbours are in one when `belong` says so.
  func chunked(by belong: (Element, Element) -> Bool) -> [[Element]] {
    var runs: [[Element]] = []
    for element in self {
      if let last = runs.last?.last, belong(last, element) {
        runs[runs.count - 1].append(element)
      } else {
        runs.append([element])
      }
    }
    return runs
  }
}

extension [String] {
  /// The words in lines that hold as many as fit with ", " between them.
  fileprivate func packed(to width: Int) -> [[String]] {
    var lines: [[String]] = []
    var used = 0
    for word in self {
      if !lines.isEmpty, used + 2 + word.count <= width {
        lines[lines.count - 1].append(word)
        used += 2 + word.count
      } else {
        lines.append([word])
        used = word.count
      }
    }
    return lines
  }
}
