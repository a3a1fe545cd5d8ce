// SPDX-License-Identifier: Apache-2.0
import NetworkModel

extension InstanceMap {
  /// The map as a drawing in text, at most `width` columns wide, but never less than 32.
  ///
  /// Long lists of addresses and of differences are shortened, and say by how many.
  package func text(width: Int, _ style: Style) -> String {
    TextMap(self, width: width).lines.map { $0.printed(style) + "\n" }.joined()
  }
}

/// Arranges an ``InstanceMap`` in columns of characters.
///
/// A trunk goes down from the instance, a branch from it to each ENI; to the right of the ENIs of a
/// subnet stands the subnet. Where that is too wide, the subnet stands above them.
struct TextMap {
  /// What a subnet's box needs: an id of 24 characters, and its frame.
  private static let subnetWidth = 28
  /// The least an ENI's box needs beside it: an IPv6 address written out, and its frame.
  private static let interfaceWidth = 46
  private static let trunkWidth = 2
  private static let busWidth = 3
  /// Nobody reads further to the right.
  private static let maximumWidth = 100
  private static let minimumWidth = 32

  private let map: InstanceMap
  private let width: Int

  init(_ map: InstanceMap, width: Int) {
    self.map = map
    self.width = min(max(width, Self.minimumWidth), Self.maximumWidth)
  }

  private var isWide: Bool {
    width >= Self.trunkWidth + Self.interfaceWidth + Self.busWidth + Self.subnetWidth
  }

  var lines: [StyledLine] {
    let notes = map.notes.flatMap { note in
      note.text.wrapped(to: width).map { StyledLine($0, note.meaning) }
    }
    let facts = map.facts.flatMap { $0.wrapped(to: width) }.map { StyledLine($0) }
    let groups = map.subnets.enumerated().flatMap { position, subnet in
      group(subnet, isLast: position == map.subnets.count - 1)
    }
    return [StyledLine(map.title, .heading)] + facts + notes + groups
  }

  private func group(_ subnet: MappedSubnet, isLast: Bool) -> [StyledLine] {
    let room = isWide ? width - Self.trunkWidth - Self.busWidth - Self.subnetWidth : nil
    let boxWidth = room ?? width - Self.trunkWidth
    let ports: TextBox.Ports = !isWide ? .none : subnet.isKnown ? .both : .left
    let boxes = subnet.enis.map {
      TextInterface($0, room: TextBox.room(in: boxWidth)).box(ports).lines(boxWidth)
    }
    var portRows: [Int] = []
    var left: [StyledLine] = []
    for box in boxes {
      portRows.append(left.count + TextBox.portLine)
      left += box
    }
    let rows =
      isWide
      ? beside(left, boxWidth, portRows, subnet.isKnown ? self.box(subnet) : [])
      : heading(subnet) + left
    let branches = isWide ? portRows : [0]
    return [StyledLine("│", .faint)]
      + rows.enumerated().map { row, line in
        trunk(row, branches, isLast: isLast) + line
      }
  }

  private func trunk(_ row: Int, _ branches: [Int], isLast: Bool) -> StyledLine {
    let end = isLast ? branches.last ?? 0 : .max
    let text =
      switch row {
      case end: "└─"
      case _ where row > end: "  "
      case _ where branches.contains(row): "├─"
      default: "│ "
      }
    return StyledLine(text, .faint)
  }

  /// The ENIs at the left, the subnet at the right, and the lines between them.
  private func beside(
    _ left: [StyledLine],
    _ leftWidth: Int,
    _ ports: [Int],
    _ right: [StyledLine]
  ) -> [StyledLine] {
    (0..<max(left.count, right.count)).map { row in
      let line = row < left.count ? left[row] : StyledLine()
      guard !right.isEmpty else { return line }
      return line.padded(to: leftWidth) + bus(row, ports)
        + (row < right.count ? right[row] : StyledLine())
    }
  }

  private func bus(_ row: Int, _ ports: [Int]) -> StyledLine {
    let first = ports.first ?? 0
    let last = ports.last ?? 0
    let text =
      switch row {
      case first: first == last ? "───" : "─┬─"
      case last: "─┘ "
      case _ where ports.contains(row): "─┤ "
      case first...last: " │ "
      default: "   "
      }
    return StyledLine(text, .faint)
  }

  private func box(_ subnet: MappedSubnet) -> [StyledLine] {
    let room = TextBox.room(in: Self.subnetWidth)
    let words = [subnet.id ?? "id not known"] + subnet.blocks
    let routers = subnet.routers.enumerated().map { ($0 == 0 ? "VPC router " : "") + $1 }
    let content = (words + routers).flatMap { $0.wrapped(to: room) }.map { StyledLine($0) }
    return TextBox(title: Remark("subnet"), ports: .left, content: content).lines(Self.subnetWidth)
  }

  private func heading(_ subnet: MappedSubnet) -> [StyledLine] {
    guard subnet.isKnown else { return [StyledLine("subnet not known", .faint)] }
    let routers =
      subnet.routers.isEmpty
      ? [] : ["VPC router " + subnet.routers.joined(separator: ", ")]
    let blocks = subnet.blocks.joined(separator: ", ")
    return ([subnet.id ?? "subnet, id not known", blocks] + routers).flatMap {
      $0.wrapped(to: width - Self.trunkWidth)
    }.map { StyledLine($0) }
  }
}
