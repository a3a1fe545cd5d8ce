// SPDX-License-Identifier: Apache-2.0
import CUdev
package import NetworkModel

/// What udev knows of a network link: copied out, so it outlives the device handle.
package struct UdevLink: Hashable, Sendable {
  /// The kernel's number.
  package let index: Link.Index
  /// Whether udev's rules have run for it.
  package let isInitialised: Bool
  /// The role that `70-eni-init.rules` gave it; nil for a link that is no ENI.
  package let role: InterfaceRecord.Role?

  init?(_ device: OpaquePointer) {
    guard let text = udev_device_get_sysattr_value(device, "ifindex"),
      let number = UInt32(String(cString: text)), let index = Link.Index(number)
    else { return nil }
    self.index = index
    isInitialised = udev_device_get_is_initialized(device) > 0
    role = udev_device_get_property_value(device, InterfaceRecord.roleProperty)
      .flatMap { InterfaceRecord.Role(rawValue: String(cString: $0)) }
  }
}
