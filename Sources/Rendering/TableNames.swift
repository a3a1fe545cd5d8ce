// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// The names of the ENIs' route tables for iproute2, so that `ip route show table nic1` works.
///
/// The same in every network stack; no route depends on them.
enum TableNames {
  /// The files, one an ENI.
  static let files = OwnedFiles(
    directory: "/etc/iproute2/rt_tables.d",
    prefix: "eni-init-",
    suffix: ".conf"
  )

  /// The file that names an ENI's table after its link.
  static func file(for plan: InterfacePlan, instance: InstanceID) -> ConfigFile {
    let header = Header.lines(
      for: plan,
      instance: instance,
      override: "Names the table for ip-route(8); no route depends on it."
    )
    let line = "\(plan.interface.attachment.table.rawValue)\t\(plan.name)"
    return ConfigFile(path: files.path(plan.name), lines: header + [line])
  }
}
