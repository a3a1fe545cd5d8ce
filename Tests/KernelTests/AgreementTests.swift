// SPDX-License-Identifier: Apache-2.0

import Foundation
import NetworkModel
import Rtnetlink
import Testing

extension KernelSuite {
  /// The snapshot beside what iproute2 prints of the same kernel.
  @Suite("Agreement with ip -j")
  struct AgreementTests {
    private let machine: RealMachine
    private let state: KernelState

    init() throws {
      machine = try RealMachine()
      let (first, second) = (try machine.plug(Example.nic1), try machine.plug(Example.nic2))
      try machine.kernel.apply([
        .addAlternativeName("eni-0123456789abcdef0", first.index, first.name),
        .addAlternativeName("device-number-1.0", first.index, first.name),
        .setGroup(.eni, first.index, first.name), .setMTU(9001, first.index, first.name),
        first.up, second.up, first.add("10.0.1.5/24"), first.add("10.0.1.6/32"),
        second.add("10.0.2.5/24"), first.add("2600:1::5/64"),
        first.add(Example.route("10.0.1.0/24")),
        first.add(Example.route("0.0.0.0/0", via: "10.0.1.1", metric: 7)),
        first.add(Example.route("::/0", via: "fe80:ec2::1")),
        .addRule(.hostWide(.ipv4)), .addRule(.hostWide(.ipv6)),
        .addRule(Example.rule(from: "10.0.1.16/28")), .addRule(Example.rule(from: "2600:1::/80")),
        .addRule(Example.rule(to: "10.0.1.0/24")), .addRule(Example.rule(to: "2600:1::/64")),
      ])
      state = try machine.kernel.snapshot()
    }

    @Test("links")
    func links() throws {
      let shown = try machine.list("-d link show").map { link in
        [
          "\(link["ifindex"] ?? "")", "\(link["ifname"] ?? "")", "\(link["mtu"] ?? "")",
          "\(link["group"] ?? "")", "\((link["flags"] as? [String] ?? []).contains("UP"))",
          "\(link["altnames"] as? [String] ?? [])",
          link["link_type"] as? String == "ether" ? "\(link["address"] ?? "")" : "",
        ]
      }
      let ours = state.links.map { link in
        [
          "\(link.index)", "\(link.name)", "\(link.mtu)",
          link.group.rawValue == 0 ? "default" : "\(link.group)", "\(link.isUp)",
          "\(link.alternativeNames)", link.address.map { "\($0)" } ?? "",
        ]
      }
      #expect(ours == shown)
    }

    @Test("addresses")
    func addresses() throws {
      for option in ["-4", "-6"] {
        let shown = try machine.list("\(option) address show").flatMap { link in
          (link["addr_info"] as? [[String: Any]] ?? []).map { address in
            "\(link["ifindex"] ?? "") \(address["local"] ?? "")/\(address["prefixlen"] ?? "")"
          }
        }
        let family: AddressFamily = option == "-4" ? .ipv4 : .ipv6
        let ours = state.addresses.filter { $0.prefix.family == family }
          .map { "\($0.link) \($0.prefix)" }
        #expect(ours == shown)
      }
    }

    @Test("routes")
    func routes() throws {
      for option in ["-4", "-6"] {
        let all = try machine.list("-N \(option) route show table all type unicast")
        let shown = all.filter { "\($0["table"] ?? "")" != "255" }.map { route in
          "\(route["dst"] ?? "") \(route["gateway"] ?? "-") \(route["dev"] ?? "")"
            + " \(route["table"] ?? "254") \(route["metric"] ?? "0") \(route["protocol"] ?? "")"
        }
        let family: AddressFamily = option == "-4" ? .ipv4 : .ipv6
        let ours = state.routes.filter { $0.route.destination.family == family }.map(text)
        #expect(ours == shown)
      }
    }

    @Test("rules")
    func rules() throws {
      for option in ["-4", "-6"] {
        let shown = try machine.list("-N \(option) rule show").map { rule in
          let length = rule["srclen"].map { "/\($0)" } ?? ""
          let destination = rule["dst"].map { "\($0)/\(rule["dstlen"] ?? "")" } ?? "all"
          return "\(rule["priority"] ?? "") \(rule["src"] ?? "")\(length) \(destination)"
            + " \(rule["iif"] ?? "-") \(rule["fwmark"] ?? "-")"
            + " \(rule["table"] ?? "")"
            + " \(rule["suppress_prefixlen"] ?? "-") \(rule["suppress_ifgroup"] ?? "-")"
        }
        let family: AddressFamily = option == "-4" ? .ipv4 : .ipv6
        let ours = state.rules.filter { $0.family == family }.map { rule in
          "\(rule.priority) \(rule.source.map { "\($0)" } ?? "all")"
            + " \(rule.destination.map { "\($0)" } ?? "all") \(rule.isForOwnPackets ? "lo" : "-")"
            + " \(rule.mark.map { "0x\(String($0.value, radix: 16))" } ?? "-")"
            + " \(rule.table.rawValue) \(rule.suppressPrefixLength.map { "\($0)" } ?? "-")"
            + " \(rule.suppressGroup.map { "\($0)" } ?? "-")"
        }
        #expect(ours == shown)
      }
    }

    private func text(_ entry: KernelState.LinkRoute) -> String {
      let route = entry.route
      let name = state.links.first { $0.index == entry.link }?.name.text ?? "?"
      let destination = route.destination.isDefault ? "default" : "\(route.destination)"
      return "\(destination) \(route.gateway.map { "\($0)" } ?? "-") \(name)"
        + " \(route.table.rawValue) \(route.metric) \(route.protocol.rawValue)"
    }
  }
}
