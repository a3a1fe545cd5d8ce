// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Settings of the kernel below /proc/sys/net (Documentation/networking/ip-sysctl).
package struct KernelSettings {
  private let files: FileStore

  /// The settings of this host.
  package init(_ files: FileStore) {
    self.files = files
  }

  /// The number at a path below /proc/sys/net, such as `ipv4/ip_forward`; nil when there is none.
  package func number(_ path: String) throws(SystemCallError) -> Int? {
    let text = try files.read("/proc/sys/net/\(path)")
    return text.flatMap { Int($0.split(separator: "\n").first ?? "") }
  }

  /// A setting of one link.
  package func number(
    _ setting: String,
    of link: InterfaceName,
    _ family: AddressFamily
  ) throws(SystemCallError) -> Int? {
    try number("\(family)/conf/\(link)/\(setting)")
  }

  /// A setting of which the greater of the link's and the one for all counts, as `rp_filter`.
  package func greatest(
    _ setting: String,
    of link: InterfaceName,
    _ family: AddressFamily
  ) throws(SystemCallError) -> Int {
    let all = try number("\(family)/conf/all/\(setting)") ?? 0
    return max(all, try number(setting, of: link, family) ?? 0)
  }
}
