// SPDX-License-Identifier: Apache-2.0
import Glibc
package import NetworkModel

/// Has the kernel announce a link once more.
///
/// An event that came while systemd-udevd was restarting is lost, and nothing repeats it: the link
/// stays without the properties, the name and the unit that udev's rules would give it.
package enum Uevent {
  /// Asks for the event that a new link makes (`uevent` in sysfs-uevent of the kernel's ABI).
  package static func announce(_ link: InterfaceName) throws(SystemCallError) {
    let path = "/sys/class/net/\(link)/uevent"
    let file = try OwnedFileDescriptor(opening: path, O_WRONLY)
    let written = file.withRawValue { Glibc.write($0, "add", 3) }
    guard written == 3 else { throw SystemCallError("write", path, errno: errno) }
  }
}
