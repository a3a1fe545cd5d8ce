// SPDX-License-Identifier: Apache-2.0
import HostSystem
import IMDS
import NetworkModel

/// Why ENIs are left alone although they could be configured.
enum Refusal {
  /// Below /run, beside the lock, so that the next boot does not see it.
  static let sealMark = "/run/eni-init/sealed"
  /// Where container network plugins leave their configuration (the CNI specification's default).
  private static let pluginDirectory = "/etc/cni/net.d"
  /// The plugins that attach ENIs and give their addresses to containers: Amazon VPC CNI, Cilium.
  private static let plugins = ["aws", "cilium"]
  /// The directories that the kubelet makes for a plugin before it starts it: the plugin attaches ENIs
  /// before it writes its configuration.
  private static let pluginState = ["/run/aws-node", "/run/cilium"]

  /// Why no ENI of this host is touched; nil when they may be.
  static func reason(on host: Host) throws -> String? {
    if let reason = try turnedOff(host) ?? sealed(host) { return reason }
    let configuration = try host.files.names(in: pluginDirectory).first { file in
      plugins.contains { file.contains($0) }
    }
    let evidence =
      try configuration.map { "\(pluginDirectory)/\($0)" }
      ?? pluginState.first { try host.files.modificationTime($0) != nil }
    return evidence.map { "a container network plugin owns this host's ENIs (\($0))" }
  }

  /// The setting that turns the program off; nil when none does.
  static func turnedOff(_ host: Host) -> String? {
    guard !host.configuration.policy.isEnabled else { return nil }
    let origin = host.configuration.origins[.enabled]?.last
    return "Enabled=no" + (origin.map { " in \($0)" } ?? "")
  }

  /// That the disk was sealed in this boot, so that nothing is written on it again before it is copied.
  static func sealed(_ host: Host) throws(SystemCallError) -> String? {
    try host.files.read(sealMark).map { _ in
      "the disk was sealed for an image, until the next boot or until \(sealMark) is removed"
    }
  }

  /// Why an ENI is left to the administrator's device that has it as a port; nil when no device has.
  ///
  /// Addresses on the port of a bridge or bond do not work, and the port of a VRF has its routes there.
  static func reason(forPort link: Link, among links: [Link]) -> String? {
    guard let index = link.master else { return nil }
    let master = links.first { $0.index == index }.map { "\($0.kind ?? "device") \($0.name)" }
    return "it is a port of the \(master ?? "device with index \(index)"), which it belongs to"
  }

  /// Why one ENI stays held: the `[Ignore]` setting that says so; nil when none does.
  static func reason(
    for mac: MACAddress,
    id: NetworkInterface.ID?,
    policy: Policy,
    metadata: InstanceMetadata,
    patience: Patience? = nil
  ) throws(IMDSError) -> String? {
    if let setting = policy.reasonToIgnore(mac: mac, id: id) { return words(setting) }
    // Two requests more, for those alone who use these settings.
    guard policy.asksForMembership else { return nil }
    return policy.reasonToIgnore(
      mac: mac,
      id: id,
      subnet: try metadata.subnetID(of: mac, patience: patience),
      securityGroups: try metadata.securityGroups(of: mac, patience: patience)
    ).map(words)
  }

  private static func words(_ setting: String) -> String { "\(setting) in eni-init.conf" }
}
