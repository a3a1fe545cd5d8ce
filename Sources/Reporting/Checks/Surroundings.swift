// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What decides beside the network configuration whether replies are symmetric: settings of the kernel,
/// other programs, and what the kernel answers when it is asked for a route.
package struct Surroundings: Sendable {
  /// Settings of one link below /proc/sys/net, each the one in effect.
  package struct LinkSettings: Hashable, Sendable {
    /// `rp_filter`, the greater of the link's and `all`: 0 off, 1 strict, 2 loose.
    package var reversePathFilter = 0
    /// `arp_ignore`, the greater of the link's and `all`.
    package var arpIgnore = 0
    /// Whether a router advertisement is taken by the kernel (`accept_ra`): 1 unless it forwards, 2 always.
    package var acceptsRouterAdvertisements = 0
    /// Whether IPv6 is forwarded from it.
    package var forwardsIPv6 = false

    /// The kernel's defaults.
    package init() {}
  }

  /// Something else that configures ENIs, and how one can tell.
  package struct Rival: Hashable, Sendable {
    /// What it is called.
    package let name: String
    /// The file that shows it.
    package let evidence: String
    /// How to turn it off.
    package let remedy: String

    /// The rival `name`.
    package init(name: String, evidence: String, remedy: String) {
      self.name = name
      self.evidence = evidence
      self.remedy = remedy
    }
  }

  /// By link.
  package var settings: [Link.Index: LinkSettings] = [:]
  /// Whether IPv4 is forwarded (`net.ipv4.ip_forward`).
  package var forwardsIPv4 = false
  /// How the kernel would send replies.
  package var replies: [RouteLookup] = []
  /// DHCP clients that run for a link: the link's name and the client's process.
  package var dhcpClients: [(link: String, process: String)] = []
  /// The links that a network stack configures from something else than our file, and from what.
  package var foreignConfigurations: [(link: String, source: String)] = []
  /// Other programs that configure ENIs.
  package var rivals: [Rival] = []
  /// Files that take the place of ours, so that the hold does not work.
  package var maskedFiles: [String] = []
  /// Links whose connections are to be marked for containers, and are not.
  package var missingMarks: [String] = []
  /// Whether a unit of ours has failed; nil when systemd does not run.
  package var hasFailedUnit: Bool?
  /// Whether the refresh timer runs; nil when systemd does not run.
  package var isRefreshActive: Bool?
  /// How many packets to link-local services each link has lost to EC2's limit.
  package var linkLocalExceeded: [Link.Index: UInt64] = [:]

  /// Nothing out of the way.
  package init() {}
}
