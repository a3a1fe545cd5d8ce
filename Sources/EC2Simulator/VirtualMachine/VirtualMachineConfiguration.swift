// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What a virtual machine is made of.
package struct VirtualMachineConfiguration: Sendable {
  /// The kernel and the initial file system it boots from.
  package var files: GuestImage.Files
  /// Its own disk, a layer over the image's; see ``GuestImage/Files/makeOverlay(at:)``.
  package var disk: String
  /// Where its sockets and logs go: an existing directory of its own, with a short path.
  package var directory: String
  /// The identity that its firmware shows, as on Nitro.
  package var instanceID: InstanceID
  /// The instance type that its firmware shows.
  package var instanceType = "m7i.large"
  /// The NICs it starts with.
  package var nics: [VirtualNIC]
  /// A file that the guest reads as the block device `/dev/vdb`; it has to be a multiple of 512
  /// bytes long, what is more is cut off.
  package var extraDrive: String?
  /// Words to add to the kernel's command line.
  package var kernelArguments: [String] = []
  /// Whether the processors take turns in one thread: half as fast, and without the races of
  /// QEMU 7.2's translator, which kernel 6.12 does not survive when it patches code (static keys)
  /// that another processor runs.
  package var usesOneThread = false
  /// Mebibytes of memory.
  package var memory = 512

  /// A machine with these files and NICs, and the defaults for the rest.
  package init(
    files: GuestImage.Files,
    disk: String,
    directory: String,
    instanceID: InstanceID,
    nics: [VirtualNIC] = []
  ) {
    self.files = files
    self.disk = disk
    self.directory = directory
    self.instanceID = instanceID
    self.nics = nics
  }

  /// The serial console's log.
  package var consoleLog: String { directory + "/console.log" }

  /// What QEMU itself said.
  package var processLog: String { directory + "/qemu.log" }

  var monitorSocket: String { directory + "/qmp.sock" }

  var channelSocket: String { directory + "/guest.sock" }
}
