// SPDX-License-Identifier: Apache-2.0

import CNetlink
package import NetworkModel

extension Change {
  /// The request that makes the change.
  func request(sequence: UInt32) -> [UInt8] {
    switch self {
    case .rename(let link, _, let name):
      LinkMessage.set(link, sequence: sequence) {
        $0.attribute(LinkAttribute.name, text: name.text)
      }
    case .setGroup(let group, let link, _):
      LinkMessage.set(link, sequence: sequence) {
        $0.attribute(LinkAttribute.group, group.rawValue)
      }
    case .setMTU(let mtu, let link, _):
      LinkMessage.set(link, sequence: sequence) { $0.attribute(LinkAttribute.mtu, mtu) }
    case .setUp(let link, _): LinkMessage.set(link, up: true, sequence: sequence)
    case .setDown(let link, _): LinkMessage.set(link, up: false, sequence: sequence)
    case .addAlternativeName(let name, let link, _):
      LinkMessage.add(alternativeName: name, to: link, sequence: sequence)
    case .removeAlternativeName(let name, let link, _):
      LinkMessage.remove(alternativeName: name, from: link, sequence: sequence)
    case .addAddress(let prefix, let link, _):
      AddressMessage.add(prefix, to: link, sequence: sequence)
    case .addDeprecatedAddress(let prefix, let link, _):
      AddressMessage.add(prefix, to: link, isDeprecated: true, sequence: sequence)
    case .deprecateAddress(let prefix, let link, _):
      AddressMessage.deprecate(prefix, on: link, sequence: sequence)
    case .removeAddress(let prefix, let link, _):
      AddressMessage.remove(prefix, from: link, sequence: sequence)
    case .keepAddress(let prefix, let link, _):
      AddressMessage.keep(prefix, on: link, sequence: sequence)
    case .addRoute(let route, let link, _):
      RouteMessage.add(route, by: link, sequence: sequence)
    case .removeRoute(let route, let link, _):
      RouteMessage.remove(route, by: link, sequence: sequence)
    case .restoreRoute(let saved): SavedRouteMessage.add(saved, sequence: sequence)
    case .addRule(let rule): RuleMessage.add(rule, sequence: sequence)
    case .removeRule(let rule): RuleMessage.remove(rule, sequence: sequence)
    }
  }

  /// Whether a refusal with this code says that what is to be removed is not there: the thing
  /// itself (ESRCH, ENOENT, EADDRNOTAVAIL), its link (ENODEV) or its family (EAFNOSUPPORT).
  package func isAbsent(whenRefusedWith code: Int32) -> Bool {
    switch self {
    case .removeAddress, .removeRoute, .removeRule, .removeAlternativeName:
      [ESRCH, ENOENT, EADDRNOTAVAIL, ENODEV, EAFNOSUPPORT].contains(code)
    default: false
    }
  }

  /// The list that tells what EEXIST means for this change; nil for one that EEXIST is an error of.
  ///
  /// EEXIST says that a place is taken, not by what: a route's place is table, destination and
  /// metric, so one by another gateway is refused with the same code as the very same route.
  package var listingOfRivals: Listing? {
    switch self {
    case .addAlternativeName: .links
    case .addAddress(let prefix, _, _), .addDeprecatedAddress(let prefix, _, _):
      .addresses(prefix.family)
    case .addRoute(let route, _, _):
      .routes(route.destination.family, RouteFilter(table: route.table))
    case .restoreRoute(let saved):
      .routes(saved.route.route.destination.family, RouteFilter(table: saved.route.route.table))
    case .addRule(let rule): .rules(rule.family)
    default: nil
    }
  }

  /// Whether what is to be added is in `state`.
  package func isInPlace(in state: KernelState) -> Bool {
    switch self {
    case .addAlternativeName(let name, let index, _):
      state.links.contains { $0.index == index && $0.alternativeNames.contains(name) }
    case .addAddress(let prefix, let link, _), .addDeprecatedAddress(let prefix, let link, _):
      state.addresses.contains(KernelState.LinkAddress(link: link, prefix: prefix))
    case .addRoute(let route, let link, _):
      state.routes.contains { $0.link == link && $0.route.leads(like: route) }
    case .restoreRoute(let saved): saved.parts.allSatisfy(state.routes.contains)
    case .addRule(let rule): state.rules.contains(rule)
    default: false
    }
  }
}

extension Route {
  /// Whether packets take the same way by both, whoever installed them.
  fileprivate func leads(like other: Route) -> Bool {
    destination == other.destination && gateway == other.gateway && table == other.table
      && storedMetric == other.storedMetric
  }

  /// The metric as the kernel stores it: an IPv6 route without one gets 1024 (IP6_RT_PRIO_USER).
  package var storedMetric: UInt32 {
    destination.family == .ipv6 && metric == 0 ? 1024 : metric
  }
}
