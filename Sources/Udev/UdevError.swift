// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// What can go wrong when udev is asked.
package enum UdevError: Error, Hashable, Sendable {
  /// libudev could not be used at all.
  case unavailable(operation: String, errno: CInt)
  /// udev had not finished with a link when the time was up.
  case notInitialised(Link.Index)
  /// The link was gone.
  case noSuchLink(Link.Index)
}

extension UdevError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unavailable(let operation, let errno):
      "libudev could not \(operation) (errno \(errno)); check that systemd-udevd runs and /sys is "
        + "mounted"
    case .notInitialised(let index):
      "udev has not finished with link \(index); run `udevadm settle`, then "
        + "`udevadm test /sys/class/net/…` to see which rule holds it up"
    case .noSuchLink(let index):
      "link \(index) does not exist; `ip link` lists those that do"
    }
  }
}
