// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// A NIC of a virtual machine: `virtio_net` in a PCI slot, behind a tap device of the host.
package struct VirtualNIC: Hashable, Sendable {
  /// The slots of the root bus that are free for NICs; the guest names them `ens5` to `ens31`.
  package static let slots = 5...31

  /// The address that the guest sees.
  package let macAddress: MACAddress
  /// The tap device, which has to exist: whoever builds the network makes it.
  package let tap: InterfaceName
  /// The PCI slot.
  package let slot: Int

  /// A NIC in `slot` behind `tap`.
  ///
  /// - Throws: ``VirtualMachineError/slotOutOfRange(slot:)`` outside ``slots``.
  package init(
    macAddress: MACAddress,
    tap: InterfaceName,
    slot: Int
  ) throws(VirtualMachineError) {
    guard Self.slots.contains(slot) else { throw .slotOutOfRange(slot: slot) }
    self.macAddress = macAddress
    self.tap = tap
    self.slot = slot
  }

  /// QEMU's name for the device.
  var deviceName: String { "nic\(slot)" }

  /// QEMU's name for the device's back end.
  var backendName: String { "net\(slot)" }
}
