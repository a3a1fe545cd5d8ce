// SPDX-License-Identifier: Apache-2.0
import CUdev
import Glibc
package import NetworkModel

/// A connection to libudev: what udev's rules have said of network links.
///
/// Which links are ENIs is decided in one place, `70-eni-init.rules`, by driver; here only the
/// properties that the rule set are read.
package struct UdevContext: ~Copyable {
  private let context: OpaquePointer

  /// Opens libudev.
  package init() throws(UdevError) {
    guard let context = udev_new() else { throw .unavailable(operation: "start", errno: errno) }
    self.context = context
  }

  deinit { udev_unref(context) }

  /// The links that our udev rule has marked as ENIs, the primary among them, by index.
  package borrowing func interfaces() throws(UdevError) -> [UdevLink] {
    guard let enumeration = udev_enumerate_new(context) else {
      throw .unavailable(operation: "enumerate links", errno: errno)
    }
    defer { udev_enumerate_unref(enumeration) }
    udev_enumerate_add_match_subsystem(enumeration, "net")
    udev_enumerate_add_match_property(enumeration, InterfaceRecord.roleProperty, "*")
    let result = udev_enumerate_scan_devices(enumeration)
    guard result >= 0 else { throw .unavailable(operation: "scan /sys", errno: -result) }
    var links: [UdevLink] = []
    var entry = udev_enumerate_get_list_entry(enumeration)
    while let current = entry {
      // A device that vanished since the scan gives nil: it is simply not there any more.
      if let path = udev_list_entry_get_name(current),
        let device = udev_device_new_from_syspath(context, path)
      {
        if let link = UdevLink(device) { links.append(link) }
        udev_device_unref(device)
      }
      entry = udev_list_entry_get_next(current)
    }
    return links.sorted { $0.index < $1.index }
  }

  /// What udev knows of one link; nil when there is no such link.
  package borrowing func link(_ index: Link.Index) -> UdevLink? {
    // "n" and the ifindex is a network device's id (sd_device_get_device_id(3)).
    guard let device = udev_device_new_from_device_id(context, "n\(index)") else { return nil }
    defer { udev_device_unref(device) }
    return UdevLink(device)
  }

  /// Waits until udev has nothing left to do, so that every device that is there has been looked at.
  ///
  /// - Returns: false when it still had at `deadline`.
  package borrowing func waitUntilIdle(deadline: ContinuousClock.Instant) throws(UdevError) -> Bool
  {
    guard let queue = udev_queue_new(context) else {
      throw .unavailable(operation: "look at its queue", errno: errno)
    }
    defer { udev_queue_unref(queue) }
    // Watched before the first look, so that no end falls between.
    let descriptor = udev_queue_get_fd(queue)
    guard descriptor >= 0 else {
      throw .unavailable(operation: "watch its queue", errno: -descriptor)
    }
    while udev_queue_get_queue_is_empty(queue) == 0 {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return false }
      var change = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&change, 1, max(CInt(clamping: left / .milliseconds(1)), 1))
      udev_queue_flush(queue)
    }
    return true
  }

  /// Waits until udev has finished with a link, that is until its rules have run.
  package borrowing func waitUntilInitialised(
    _ index: Link.Index,
    deadline: ContinuousClock.Instant
  ) throws(UdevError) -> UdevLink {
    guard let first = link(index) else { throw .noSuchLink(index) }
    if first.isInitialised { return first }
    // Subscribe before looking again, so that no event falls between.
    guard let monitor = udev_monitor_new_from_netlink(context, "udev") else {
      throw .unavailable(operation: "watch events", errno: errno)
    }
    defer { udev_monitor_unref(monitor) }
    udev_monitor_filter_add_match_subsystem_devtype(monitor, "net", nil)
    udev_monitor_enable_receiving(monitor)
    while true {
      guard let current = link(index) else { throw .noSuchLink(index) }
      if current.isInitialised { return current }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .notInitialised(index) }
      // At most a second a turn: with no udevd behind it the monitor stays silent for ever.
      let milliseconds = min(CInt(clamping: left / .milliseconds(1)), 1000)
      var event = pollfd(fd: udev_monitor_get_fd(monitor), events: Int16(POLLIN), revents: 0)
      _ = poll(&event, 1, max(milliseconds, 1))
      if let device = udev_monitor_receive_device(monitor) { udev_device_unref(device) }
    }
  }
}

extension CInt {
  fileprivate init(clamping value: Double) {
    self = value >= Double(CInt.max) ? .max : CInt(Swift.max(value, 0))
  }
}
