// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// A subnet on a map, with the ENIs in it.
struct MappedSubnet {
  /// Its id; nil when IMDS has not told.
  let id: String?
  /// Its blocks; where IMDS has not told, those its ENIs' addresses are in.
  let blocks: [String]
  /// The VPC router's addresses in it.
  let routers: [String]
  /// The ENIs in it, the primary first, then by slot; never empty.
  let enis: [MappedENI]

  /// The subnet in which these ENIs are.
  init(_ enis: [ENIView], in view: HostView) {
    id = enis.lazy.compactMap(\.subnetID).first?.description
    blocks = Self.distinct(enis.flatMap(Self.blocks).map(\.description))
    routers = Self.distinct(enis.flatMap { Self.routers($0, view.kernel) }.map(\.description))
    self.enis = enis.map { MappedENI($0, in: view) }
  }

  /// Whether anything is known of it.
  var isKnown: Bool { id != nil || !blocks.isEmpty }

  /// The ENIs of a view by their subnets, each where its first ENI stands.
  ///
  /// Blocks alone do not make two ENIs neighbours when IMDS tells different ids: they may be in two
  /// VPCs.
  static func all(of view: HostView) -> [MappedSubnet] {
    var groups: [[ENIView]] = []
    for eni in view.enis {
      if let group = groups.firstIndex(where: { $0.contains { areNeighbours($0, eni) } }) {
        groups[group].append(eni)
      } else {
        groups.append([eni])
      }
    }
    return groups.map { MappedSubnet($0, in: view) }
  }

  private static func areNeighbours(_ one: ENIView, _ other: ENIView) -> Bool {
    if let one = one.subnetID, let other = other.subnetID { return one == other }
    return !Set(blocks(of: one)).isDisjoint(with: blocks(of: other))
  }

  private static func blocks(of eni: ENIView) -> [IPPrefix] {
    eni.subnets.isEmpty ? eni.addresses.filter { !$0.isHost }.map(\.network) : eni.subnets
  }

  private static func routers(_ eni: ENIView, _ kernel: KernelState) -> [IPAddress] {
    if let interface = eni.told.interface { return interface.families.compactMap(\.gateway) }
    guard let link = eni.link else { return [] }
    return kernel.routes.filter { $0.link == link.index && $0.route.destination.isDefault }
      .compactMap(\.route.gateway)
  }

  private static func distinct(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}
