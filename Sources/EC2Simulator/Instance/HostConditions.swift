// SPDX-License-Identifier: Apache-2.0

/// The properties in which hosts differ, beside their network stack.
package struct HostConditions: Sendable {
  /// Where links get their names.
  package enum Naming: Sendable {
    /// From udev, by the slot: `ens5`.
    case bySlot
    /// From the kernel, in the order of discovery: `eth0`, as with `net.ifnames=0` on its command line.
    case byKernel
  }

  /// Whether others have configured something beside the ENIs: a ``ForeignConfiguration``.
  package var isShared: Bool
  /// Where links get their names.
  package var naming: Naming
  /// Settings of the kernel, as sysctl(8) takes them, at each boot before any link is there.
  package var settings: [String]

  /// The conditions of most hosts, but for what is given.
  package init(isShared: Bool = true, naming: Naming = .bySlot, settings: [String] = []) {
    self.isShared = isShared
    self.naming = naming
    self.settings = settings
  }

  /// Whether the host speaks IPv6.
  var hasIPv6: Bool { !settings.contains { $0.hasSuffix("disable_ipv6=1") } }

  /// The kernel's names for the links of the two ENIs, also where the second one is plugged in later.
  package func links(_ launch: Stage.Launch) -> (primary: String, second: String) {
    switch (naming, launch) {
    case (.bySlot, .secondBeforePrimary): ("ens5", "ens4")
    case (.bySlot, _): ("ens5", "ens6")
    case (.byKernel, .secondBeforePrimary): ("eth1", "eth0")
    case (.byKernel, _): ("eth0", "eth1")
    }
  }
}
