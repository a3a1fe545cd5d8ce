// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// One ENI on a map: its words, and what is wrong with it.
struct MappedENI {
  /// Its name; of one without a link, the name on record.
  let name: String
  /// Its id, or its MAC while that is not known.
  let id: String
  /// Where it is attached.
  let slot: String
  /// Its state's word, in the colour of the worst there is to say of it.
  let state: Remark
  /// That main's default route leaves by it, which belongs to the primary; nil when it does not.
  let defaultRoute: Remark?
  /// Whether the kernel has a link for it.
  let hasLink: Bool
  /// Its addresses, then its delegated prefixes.
  let addresses: [MappedAddress]
  /// How its replies leave, one line a path.
  let replies: [Remark]
  /// Why it is in its state, and what else is wrong.
  let reasons: [Remark]

  /// One ENI of a view.
  init(_ eni: ENIView, in view: HostView) {
    let sight = ENISight(eni, in: view)
    let state = eni.state
    name = eni.link?.name.text ?? eni.record?.name?.text ?? "no link"
    id = eni.id?.text ?? eni.mac.description
    slot = Self.words(for: eni)
    hasLink = eni.link != nil
    let isBadPlace = eni.role == .secondary
    defaultRoute =
      sight.familiesOfMain.isEmpty
      ? nil : Remark("main's default route", isBadPlace ? .bad : nil)
    addresses = sight.addresses
    replies = sight.replies
    reasons =
      sight.misplacedDefaultRoutes
      + Self.reasons(for: state).map { Remark($0, state.meaning) }
    let isBad = reasons.contains { $0.meaning == .bad } || addresses.contains(where: \.isBad)
    self.state = Remark(state.word, isBad ? .bad : state.meaning)
  }

  /// What it is called where only one line is to be had.
  var summary: String {
    ([name, id, slot, state.text] + reasons.map(\.text)).joined(separator: ", ")
  }

  private static func words(for eni: ENIView) -> String {
    guard let slot = eni.slot else {
      return eni.role == .primary ? "device 0" : "device number not known"
    }
    let card = slot.networkCard == 0 ? "" : ", network card \(slot.networkCard)"
    return "device \(slot.deviceNumber)" + card
  }

  private static func reasons(for state: ENIState) -> [String] {
    switch state {
    case .drifted(let drift): drift.map(\.description)
    case .unknown: ["the primary of this instance is not on record"]
    default: state.reason.map { [$0] } ?? []
    }
  }
}
