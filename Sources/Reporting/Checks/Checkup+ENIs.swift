// SPDX-License-Identifier: Apache-2.0
import NetworkModel

// Which ENIs there are, and what is known of them.
extension Checkup {
  var metadata: [Finding] {
    var found: [Finding] = []
    if case .failed(let message) = view.metadata {
      found.append(
        Finding(
          .imdsUnreachable,
          message,
          remedy:
            "look whether IMDS is enabled for the instance (`aws ec2 modify-instance-metadata-options "
            + "--http-endpoint enabled`) and a route or firewall is in the way of 169.254.169.254"
        )
      )
    }
    if let refusal = view.refusal {
      found.append(
        Finding(
          .leftAlone,
          "nothing is done on this host: \(refusal)",
          remedy: "none, if that is meant"
        )
      )
    }
    for eni in view.enis {
      if case .malformed(let message) = eni.told {
        found.append(
          Finding(
            .factsMalformed,
            on: eni.name,
            message,
            remedy: "report it, with `eni-init report`"
          )
        )
      }
    }
    return found
  }

  var presence: [Finding] {
    if view.primary == nil {
      return [
        Finding(
          .primaryUnknown,
          "which ENI is the primary is not on record",
          remedy: "run `eni-init arm` once IMDS answers"
        )
      ]
    }
    return secondaries.compactMap { eni in
      switch eni.state {
      case .absent:
        Finding(
          .notVisible,
          on: eni.id?.text ?? eni.name,
          "IMDS lists it (\(eni.mac)), the kernel has no link for it",
          remedy:
            "look for the device with `lspci`; if it is not there, reboot, or detach and attach it again"
        )
      case .held(let reason) where !(eni.plan?.isHeld ?? false):
        Finding(
          .held,
          on: eni.name,
          "held: \(reason)",
          remedy: "run `eni-init attach \(eni.name)`, which does it or says what is in the way"
        )
      default:
        eni.told == .notListed
          ? Finding(
            .notListed,
            on: eni.name,
            "the kernel has it (\(eni.mac)), IMDS does not list it",
            remedy:
              "compare with `aws ec2 describe-network-interfaces`; if it is attached, IMDS is late"
          ) : nil
      }
    }
  }

  var slots: [Finding] {
    slotRivals.map { slot, enis in
      Finding(
        .duplicateSlot,
        on: enis.map(\.name).joined(separator: ", "),
        "IMDS gives them one slot, \(slot)",
        remedy:
          "wait a minute, since IMDS may be late after a change; then detach one and attach it again"
      )
    }
  }

  private var slotRivals: [(slot: Attachment, enis: [ENIView])] {
    let told = secondaries.filter { $0.link != nil && $0.told.interface != nil }
    return Dictionary(grouping: told, by: \.slot).compactMap { slot, enis in
      slot.flatMap { enis.count > 1 ? (slot: $0, enis: enis) : nil }
    }.sorted { $0.slot < $1.slot }
  }

  /// What is held is told as such, and where two claim a slot nothing is done.
  var drift: [Finding] {
    let rivals = Set(slotRivals.flatMap { $0.enis.map(\.mac) })
    let enis = view.enis.filter {
      if case .drifted = $0.state { return !rivals.contains($0.mac) }
      return false
    }
    return enis.flatMap { eni in
      [FindingID.fileDrift, .kernelDrift, .leftover].compactMap { id in
        let details = eni.drift.filter { $0.finding == id }.map(\.description)
        guard !details.isEmpty else { return nil }
        let remedy = eni.isMarked ? Self.refresh(view) : Self.takeOver(eni)
        return Finding(id, on: eni.name, details, remedy: remedy)
      }
    }
  }

  /// What the kernel does not accept of an ENI's plan.
  var shortfalls: [Finding] {
    secondaries.filter { $0.ignoredBy == nil }.flatMap { eni -> [Finding] in
      guard let link = eni.link, let plan = eni.plan else { return [] }
      // A held ENI has the driver's MTU.
      let found = plan.shortfalls(on: link).filter { $0.isOfIPv6 || !eni.addresses.isEmpty }
      return found.map { shortfall in
        Finding(shortfall.finding, on: eni.name, "it \(shortfall)", remedy: shortfall.remedy)
      }
    }
  }

  /// An ENI that was there before the installation carries traffic, and no run takes it down by itself.
  private static func takeOver(_ eni: ENIView) -> String {
    "reboot, or run `eni-init attach \(eni.name)`, which takes it down for a moment to name it; not over a "
      + "connection through it"
  }

  /// A refresh does it all, as far as IMDS answers.
  private static func refresh(_ view: HostView) -> String {
    view.metadata == .answered
      ? "run `eni-init refresh`" : "run `eni-init refresh` once IMDS answers"
  }
}

extension Shortfall {
  fileprivate var finding: FindingID {
    switch self {
    case .hostWithoutIPv6, .disabledIPv6, .smallMTU: .ipv6Disabled
    case .mtu: .mtu
    }
  }
}

extension Drift {
  fileprivate var finding: FindingID {
    switch self {
    case .file: .fileDrift
    case .missing, .gap: .kernelDrift
    case .leftover: .leftover
    }
  }
}
