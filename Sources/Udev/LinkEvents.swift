// SPDX-License-Identifier: Apache-2.0
import CUdev
import Glibc
import NetworkModel

/// The events of network links that udev has finished with, from now on.
struct LinkEvents: ~Copyable {
  private let monitor: OpaquePointer

  /// Subscribes to them.
  init(_ context: OpaquePointer) throws(UdevError) {
    guard let monitor = udev_monitor_new_from_netlink(context, "udev") else {
      throw .unavailable(operation: "watch events", errno: errno)
    }
    udev_monitor_filter_add_match_subsystem_devtype(monitor, "net", nil)
    udev_monitor_enable_receiving(monitor)
    self.monitor = monitor
  }

  deinit { udev_monitor_unref(monitor) }

  /// Waits for the next one, a second at most: with no udevd behind it the monitor is silent for ever.
  ///
  /// - Returns: the link that it is about; nil when none came, or the link is gone.
  borrowing func next(until deadline: ContinuousClock.Instant) -> Link.Index? {
    let left = ContinuousClock.now.duration(to: deadline)
    let milliseconds = min(CInt(clamping: left / .milliseconds(1)), 1000)
    var event = pollfd(fd: udev_monitor_get_fd(monitor), events: Int16(POLLIN), revents: 0)
    _ = poll(&event, 1, max(milliseconds, 1))
    guard let device = udev_monitor_receive_device(monitor) else { return nil }
    defer { udev_device_unref(device) }
    return UdevLink(device)?.index
  }
}

extension CInt {
  /// The nearest number, and never a negative one.
  init(clamping value: Double) {
    self = value >= Double(CInt.max) ? .max : CInt(Swift.max(value, 0))
  }
}
