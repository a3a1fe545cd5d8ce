// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Which address families the host speaks.
package enum HostFamilies {
  /// IPv4 always; IPv6 unless it is not in the kernel (`ipv6.disable=1`) or turned off for new
  /// interfaces (`net.ipv6.conf.default.disable_ipv6`, ip-sysctl).
  package static func spoken(_ files: FileStore) throws(SystemCallError) -> Set<AddressFamily> {
    let isDisabled = try files.read("/proc/sys/net/ipv6/conf/default/disable_ipv6")
    return isDisabled?.first == "0" ? [.ipv4, .ipv6] : [.ipv4]
  }
}
