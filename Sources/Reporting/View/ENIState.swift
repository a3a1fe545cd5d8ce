// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// What an ENI is at the moment.
package enum ENIState: Hashable, Sendable {
  /// Left to the image, with all its addresses.
  case primary
  /// Configured, and replying by itself.
  case routed
  /// Unmanaged and down, and why.
  case held(String)
  /// Configured, but not as it shall be; never empty.
  case drifted([Drift])
  /// Left alone, and why: by a setting, or as a port of another device.
  case ignored(String)
  /// Listed by IMDS, and without a link.
  case absent
  /// Not known to be the primary or not, since the primary is not on record.
  case unknown

  /// The word for it, which is stable.
  package var word: String {
    switch self {
    case .primary: "primary"
    case .routed: "routed"
    case .held: "held"
    case .drifted: "drifted"
    case .ignored: "ignored"
    case .absent: "absent"
    case .unknown: "unknown"
    }
  }

  /// Why it is so; nil when the word says all.
  package var reason: String? {
    switch self {
    case .primary, .routed, .unknown: nil
    case .absent: "IMDS lists it, the kernel does not"
    case .held(let reason): reason
    case .ignored(let reason): reason
    case .drifted(let drift):
      drift.first.map { drift.count == 1 ? "\($0)" : "\($0), and \(drift.count - 1) more" }
    }
  }
}

extension ENIView {
  /// What it is at the moment.
  package var state: ENIState {
    guard let link else { return .absent }
    switch role {
    case .unknown: return .unknown
    case .primary: return drift.isEmpty ? .primary : .drifted(drift)
    case .secondary: break
    }
    if let ignoredBy { return .ignored(ignoredBy) }
    if plan?.isHeld ?? false {
      return .held(lacksIPv6(on: link) ?? "it has no addresses (EFA only)")
    }
    guard link.isUp || !addresses.isEmpty else { return .held(reasonToHold) }
    if addresses.isEmpty, drift.isEmpty { return .held(reasonToHold) }
    return drift.isEmpty ? .routed : .drifted(drift)
  }

  /// That the kernel accepts no IPv6, where IPv6 is all that the ENI has; nil otherwise.
  private func lacksIPv6(on link: Link) -> String? {
    guard let plan, plan.interface.ipv4 == nil else { return nil }
    return plan.shortfalls(on: link).first { $0.isOfIPv6 }.map { "it \($0)" }
  }

  private var reasonToHold: String {
    if let reason = link.flatMap(lacksIPv6) { return reason }
    return switch told {
    case .settled: "it is not configured yet; `eni-init attach \(name)` does so, or says why not"
    case .unsettled(let reason), .malformed(let reason), .contested(_, let reason): reason
    case .notListed: "IMDS does not list it"
    case .nothing: "IMDS does not answer"
    }
  }
}
