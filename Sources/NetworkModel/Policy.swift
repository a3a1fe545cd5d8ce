// SPDX-License-Identifier: Apache-2.0

/// What the administrator has decided: eni-init.conf(5).
package struct Policy: Hashable, Sendable {
  /// Whether anything is done at all (`Enabled=`).
  package var isEnabled = true
  /// What device-number names begin with (`NamePrefix=`).
  package var namePrefix = "nic"
  /// The MTU in bytes (`MTU=`); nil follows the primary's.
  package var mtu: UInt32?
  /// The network stack to write for (`Stack=`); nil finds out.
  package var stack: NetworkStack?
  /// Whether what a container replies leaves by the ENI that the request came in by (`ContainerPorts=`).
  package var hasContainerPorts = false
  /// ENIs that stay held, by their ids (`[Ignore] ENI=`).
  package var ignoredENIs: Set<NetworkInterface.ID> = []
  /// By their MACs (`MAC=`).
  package var ignoredMACs: Set<MACAddress> = []
  /// By the ids of their subnets (`Subnet=`).
  package var ignoredSubnets: Set<SubnetID> = []
  /// By the ids of their security groups (`SecurityGroup=`), any of which counts.
  package var ignoredSecurityGroups: Set<SecurityGroupID> = []

  /// The policy without a configuration file.
  package init() {}

  /// Whether more has to be asked of an ENI than its id and MAC to know whether to ignore it.
  package var asksForMembership: Bool {
    !ignoredSubnets.isEmpty || !ignoredSecurityGroups.isEmpty
  }

  /// The setting by which an ENI is ignored, as it is written; nil when it is not.
  package func reasonToIgnore(
    mac: MACAddress,
    id: NetworkInterface.ID? = nil,
    subnet: SubnetID? = nil,
    securityGroups: [SecurityGroupID] = []
  ) -> String? {
    if ignoredMACs.contains(mac) { return "MAC=\(mac)" }
    if let id, ignoredENIs.contains(id) { return "ENI=\(id)" }
    if let subnet, ignoredSubnets.contains(subnet) { return "Subnet=\(subnet)" }
    return securityGroups.first(where: ignoredSecurityGroups.contains)
      .map { "SecurityGroup=\($0)" }
  }
}
