// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel

/// systemd-networkd's activator.
enum Networkd {
  /// Makes networkd configure one link from the start; whatever it has set on it goes first.
  static func reconfigure(_ link: InterfaceName) throws(CommandError) {
    try Command("/usr/bin/networkctl", ["reconfigure", link.text]).run()
  }

  /// Makes networkd read its files again; links whose file did not change are not touched.
  ///
  /// See networkctl(1). The only child process of a run, and only for a link that is new.
  static func reload(_ files: FileStore) throws {
    try NetworkdFreshness.remember(files) { () throws(CommandError) in
      try Command("/usr/bin/networkctl", ["reload"]).run()
    }
  }
}
