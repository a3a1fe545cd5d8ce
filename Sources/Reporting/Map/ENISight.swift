// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// What the kernel does with an ENI's addresses, whatever was planned.
struct ENISight {
  private let eni: ENIView
  private let kernel: KernelState
  /// Whether a reply that leaves by another link is a fault: where the ENI is ours, or the primary.
  private let isJudged: Bool
  /// The links of all ENIs.
  private let links: Set<Link.Index>

  init(_ eni: ENIView, in view: HostView) {
    self.eni = eni
    kernel = view.kernel
    links = Set(view.enis.compactMap(\.link?.index))
    isJudged =
      switch eni.state {
      case .primary, .routed, .drifted: true
      case .held, .ignored, .absent, .unknown: false
      }
  }

  /// Its addresses in the kernel, those it shall have and has not, and its delegated prefixes.
  var addresses: [MappedAddress] {
    let present = eni.addresses.map { prefix in
      MappedAddress(
        text: prefix.description,
        elasticIP: eni.elasticIPs[prefix.address]?.description,
        remark: fault(of: prefix.address)
      )
    }
    let absence = Remark("not on the link", eni.state.meaning)
    let absent = missing.map { address in
      MappedAddress(
        text: address.description,
        elasticIP: eni.elasticIPs[address]?.description,
        remark: absence
      )
    }
    let delegated = eni.delegatedPrefixes.map { prefix in
      MappedAddress(
        text: prefix.description,
        elasticIP: nil,
        remark: fault(of: prefix.address) ?? Remark("delegated")
      )
    }
    return present + absent + delegated
  }

  /// What has drifted away, what IMDS tells of an ENI without a link, and what it has an Elastic IP
  /// for: none of these may be lost.
  private var missing: [IPAddress] {
    let drifted = eni.drift.compactMap { drift -> IPAddress? in
      switch drift {
      case .missing(.addAddress(let prefix, _, _)),
        .missing(.addDeprecatedAddress(let prefix, _, _)):
        return prefix.address
      default: return nil
      }
    }
    let told = eni.link == nil ? eni.told.interface?.families.flatMap(\.addresses) ?? [] : []
    var known = Set(eni.addresses.map(\.address))
    return (drifted + told + eni.elasticIPs.keys.sorted()).filter { known.insert($0).inserted }
  }

  private func fault(of source: IPAddress) -> Remark? {
    guard isJudged, let link = eni.link else { return nil }
    guard let path = ReplyPath(from: source, in: kernel) else {
      return Remark("no way out", .bad)
    }
    guard let exit = path.link, exit != link.index else { return nil }
    return Remark("leaves by \(name(of: exit))", meaning(of: exit))
  }

  /// What it means that something leaves by a link that is not the ENI's own: the VPC drops it.
  ///
  /// Somebody may want what the primary sends to go through a tunnel.
  private func meaning(of exit: Link.Index?) -> Style.Meaning {
    eni.role == .primary && !(exit.map(links.contains) ?? false) ? .doubtful : .bad
  }

  /// How what it answers leaves, one line for each table and link.
  var replies: [Remark] {
    var lines: [(table: RouteTable, link: Link.Index?, gateways: [String])] = []
    for path in eni.addresses.compactMap({ ReplyPath(from: $0.address, in: kernel) }) {
      let gateway = path.gateway?.description ?? "the link"
      guard let line = lines.firstIndex(where: { ($0.table, $0.link) == (path.table, path.link) })
      else {
        lines.append((path.table, path.link, [gateway]))
        continue
      }
      if !lines[line].gateways.contains(gateway) { lines[line].gateways.append(gateway) }
    }
    return lines.map { line in
      let isElsewhere = line.link != nil && line.link != eni.link?.index
      let exit = isElsewhere ? line.link.map { " by \(name(of: $0))" } ?? "" : ""
      return Remark(
        "table \(line.table) via \(line.gateways.joined(separator: ", "))\(exit)",
        isElsewhere && isJudged ? meaning(of: line.link) : nil
      )
    }
  }

  /// The families whose default route in main leaves by it.
  var familiesOfMain: [AddressFamily] {
    AddressFamily.allCases.filter { family in
      guard let route = kernel.defaultRoute(family, in: .main) else { return false }
      return route.link != nil && route.link == eni.link?.index
    }
  }

  /// Main's default route where it does not belong: the failure that ends a login.
  var misplacedDefaultRoutes: [Remark] {
    switch eni.role {
    case .secondary:
      return familiesOfMain.map { family in
        Remark("it has main's \(family == .ipv4 ? "IPv4" : "IPv6") default route", .bad)
      }
    case .primary where familiesOfMain.isEmpty:
      let routes = AddressFamily.allCases.compactMap { kernel.defaultRoute($0, in: .main) }
      return [Remark("it does not have main's default route", meaning(of: routes.first?.link))]
    case .primary, .unknown: return []
    }
  }

  private func name(of index: Link.Index) -> String {
    kernel.links.first { $0.index == index }?.name.text ?? "link \(index)"
  }
}
