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
    let events = try LinkEvents(context)
    // Looked at again after subscribing, so that no event falls between.
    while true {
      guard let current = link(index) else { throw .noSuchLink(index) }
      if current.isInitialised { return current }
      guard ContinuousClock.now < deadline else { throw .notInitialised(index) }
      _ = events.next(until: deadline)
    }
  }

  /// Does what makes an event of a link, and waits until udev has finished with that.
  ///
  /// Its queue does not tell: udev may not have heard of the event yet.
  package borrowing func waitForEvent(
    of index: Link.Index,
    deadline: ContinuousClock.Instant,
    causedBy cause: () throws -> Void
  ) throws -> UdevLink {
    let events = try LinkEvents(context)
    try cause()
    while events.next(until: deadline) != index {
      guard ContinuousClock.now < deadline else { throw UdevError.notInitialised(index) }
    }
    guard let link = link(index) else { throw UdevError.noSuchLink(index) }
    return link
  }
}
