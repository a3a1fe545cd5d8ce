// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Which instance this is, known without a network.
package enum HostIdentity {
  /// Where Nitro shows the instance id (SMBIOS type 2, asset tag); udev reads the same file.
  package static let path = "/sys/class/dmi/id/board_asset_tag"

  /// The instance id from DMI; nil on hypervisors that do not show it, such as Xen.
  package static func instanceID(_ files: FileStore) throws(SystemCallError) -> InstanceID? {
    try files.read(path).flatMap { InstanceID($0.prefix { !$0.isNewline }) }
  }
}
