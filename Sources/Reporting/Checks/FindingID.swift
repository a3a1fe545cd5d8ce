// SPDX-License-Identifier: Apache-2.0

/// The stable names of what `eni-init check` can find; each has a section in eni-init-checks(7).
package enum FindingID: String, CaseIterable, Hashable, Sendable, Encodable {
  case imdsUnreachable = "imds-unreachable"
  case factsMalformed = "facts-malformed"
  case primaryUnknown = "primary-unknown"
  case leftAlone = "left-alone"
  case held = "eni-held"
  case notVisible = "eni-not-visible"
  case notListed = "eni-not-listed"
  case duplicateSlot = "duplicate-slot"
  case fileDrift = "file-drift"
  case kernelDrift = "kernel-drift"
  case leftover = "leftover"
  case asymmetricReply = "asymmetric-reply"
  case secondDefaultRoute = "second-default-route"
  case reversePathFilter = "reverse-path-filter"
  case forwarding = "forwarding"
  case arp = "arp"
  case dhcpClient = "dhcp-client"
  case lease = "lease"
  case foreignConfiguration = "foreign-configuration"
  case rivalManager = "rival-manager"
  case holdDisarmed = "hold-disarmed"
  case unitFailed = "unit-failed"
  case marksMissing = "marks-missing"
  case refreshInactive = "refresh-inactive"
  case linkLocalLimit = "link-local-limit"
  case ipv6Disabled = "ipv6-disabled"
  case mtu

  /// How grave it is.
  package var severity: Severity {
    switch self {
    case .leftAlone, .notListed, .leftover, .rivalManager, .refreshInactive,
      .linkLocalLimit, .imdsUnreachable, .unitFailed, .ipv6Disabled, .mtu:
      .warning
    default: .problem
    }
  }

  /// What it breaks, in one sentence.
  package var consequence: String {
    switch self {
    case .imdsUnreachable: "what changes in EC2 is not noticed until it answers again"
    case .factsMalformed: "the ENI is not configured, or no longer kept up to date"
    case .primaryUnknown: "ENIs are not held, so a DHCP client may start on a new one"
    case .leftAlone: "its ENIs stay as they are"
    case .held: "the ENI carries no traffic"
    case .notVisible: "its addresses do not answer"
    case .notListed: "the ENI is kept as it is, and is not brought up to date"
    case .duplicateSlot: "two ENIs would share one table, so neither is changed"
    case .fileDrift: "the next boot brings up something else than what is planned"
    case .kernelDrift: "addresses may not answer, or answer by the wrong ENI"
    case .leftover:
      "what is gone in EC2 is still used as a source, or an address goes with its lease"
    case .asymmetricReply: "the VPC drops the replies, so connections to the address time out"
    case .secondDefaultRoute:
      "connections that this host opens may leave by it, and SSH may be lost"
    case .reversePathFilter: "packets for containers are dropped as they come in"
    case .forwarding: "what is forwarded, or the primary's IPv6, stops working"
    case .arp: "the VPC router gets no answer when it asks who has the address"
    case .dhcpClient: "its lease brings a second default route"
    case .lease: "the address goes when the lease ends, and so may the default route"
    case .foreignConfiguration: "what is planned lasts until that applies its own"
    case .rivalManager: "two programs configure the same ENIs"
    case .holdDisarmed: "a DHCP client may start on a new ENI"
    case .unitFailed: "what it had to do was not done"
    case .marksMissing: "a port that a container engine publishes on the ENI does not answer"
    case .refreshInactive: "addresses that come or go in EC2 are not noticed"
    case .linkLocalLimit: "DNS, NTP and IMDS lose packets without a word"
    case .ipv6Disabled: "its IPv6 addresses do not answer"
    case .mtu: "packets are smaller than they can be, or large ones are lost"
    }
  }
}
