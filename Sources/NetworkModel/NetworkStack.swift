// SPDX-License-Identifier: Apache-2.0

/// What configures the network of a host from files, and so what ours are written for.
///
/// The raw values are those of `Stack=` in eni-init.conf(5).
package enum NetworkStack: String, CaseIterable, Hashable, Sendable {
  /// systemd-networkd, also where netplan writes its files.
  case networkd
  /// The same by way of netplan(5), only where it is asked for.
  case netplan
  /// NetworkManager: nm-settings-keyfile(5).
  case networkManager = "networkmanager"
  /// ifupdown, Debian's own: interfaces(5).
  case ifupdown
  /// The network scripts of Red Hat's distributions: sysconfig.txt of initscripts.
  case sysconfig
  /// No manager: a script of ip(8)'s commands, which udev has systemd run.
  case kernel

  /// The names of all, for a person.
  package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// Its name in a sentence.
  package var title: String {
    switch self {
    case .networkd: "systemd-networkd"
    case .netplan: "netplan"
    case .networkManager: "NetworkManager"
    case .ifupdown: "ifupdown"
    case .sysconfig: "the network scripts"
    case .kernel: "the kernel"
    }
  }

  /// The unit that runs it.
  package var unit: String {
    switch self {
    case .networkd, .netplan: "systemd-networkd.service"
    case .networkManager: "NetworkManager.service"
    case .ifupdown: "networking.service"
    case .sysconfig: "network.service"
    case .kernel: "eni-init-apply@*.service"
    }
  }
}
