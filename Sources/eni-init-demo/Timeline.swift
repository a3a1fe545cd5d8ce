// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel

/// Watches a hot-plugged ENI become routed and prints when each thing was first seen.
///
/// Each look costs some milliseconds, so the times are those of the looks, not of the events.
struct Timeline {
  let stage: Stage
  let start: ContinuousClock.Instant

  private struct Event {
    let name: String
    let hasHappened: () throws -> Bool
  }

  /// Prints each event as it is seen, and returns after the last.
  func follow() throws {
    print("    ms  what is seen first at that time")
    var pending = events
    try Condition.wait(until: "the ENI answers", within: .seconds(30)) {
      while let next = pending.first, try next.hasHappened() {
        pending.removeFirst()
        let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
        print(String(repeating: " ", count: max(0, 6 - "\(Int(elapsed))".count)), terminator: "")
        print("\(Int(elapsed))  \(next.name)")
      }
      return pending.isEmpty
    }
  }

  private var events: [Event] {
    let requests = stage.cloud.imds.log.count
    return [
      Event(name: "event: the kernel has a link for the ENI") {
        try !stage.shell("ip -o link show | grep 02:00:00:00:00:06 || true").isEmpty
      },
      Event(name: "held: udev has marked it, so networkd leaves it alone") {
        try stage.shell("udevadm info -q property /sys/class/net/* 2>/dev/null || true")
          .contains("ENI_INIT_ROLE=secondary")
      },
      Event(name: "facts: IMDS has been asked") { stage.cloud.imds.log.count >= requests + 8 },
      Event(name: "on disk: its configuration") {
        try stage.shell("ls /etc/systemd/network").contains("05-eni-init-nic1.network")
      },
      Event(name: "named: nic1") { try stage.shell("ls /sys/class/net").contains("nic1") },
      Event(name: "routed: addresses, table and rules are there") {
        try stage.shell("eni-init status").contains("routed")
      },
      Event(name: "answers") {
        guard let address = IPAddress("10.0.1.10") else { return false }
        return try stage.cloud.probeFromInternet(address, count: 1).isLossless
      },
    ]
  }
}
