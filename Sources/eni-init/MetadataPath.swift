// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel
import Rtnetlink
import Udev

/// The links by which IMDS is asked: those of ENIs, the primary's first.
///
/// IMDS is behind every ENI and nothing else. A route that another program has made, such as a VPN's
/// default or a bridge with 169.254.0.0/16, leads to a stranger.
struct MetadataPath {
  let files: FileStore

  /// The links to try; every link while the primary is not on record, as in a first boot.
  func links() throws(RequestFailure) -> AllowedLinks {
    do throws(any Error) {
      guard let instance = try HostIdentity.instanceID(files) else { return .any }
      let records = try RecordStore(GeneratedFiles(files)).records(of: instance)
      guard let primary = records.first(where: { $0.role == .primary }) else { return .any }
      let state = KernelIndex(try RouteSocket().addresses())
      let others = records.filter { $0.mac != primary.mac }
      let known = ([primary] + others).compactMap { state.link(mac: $0.mac) }.filter(\.isUp)
      // The ENI that a first boot tried as the primary has no record yet.
      let links = try (known.isEmpty ? marked(state.state.links) : known)
        .map { carrier(of: $0, among: state.state.links) }
      // By a link without an address the kernel takes one of another link, which the VPC drops.
      return .only(links.filter { state.isConfigured($0.index) }.map(\.name))
    } catch {
      throw .linksUnknown("\(error)")
    }
  }

  /// The links that udev's rule has marked as ENIs.
  private func marked(_ links: [Link]) throws -> [Link] {
    let marked = Set(try UdevContext().interfaces().map(\.index))
    return links.filter { $0.isUp && marked.contains($0.index) }
  }

  /// The link that carries the packets of `link`: itself, or the bridge or bond that it is a port of.
  private func carrier(of link: Link, among links: [Link]) -> Link {
    links.first { $0.index == link.master } ?? link
  }
}
