// SPDX-License-Identifier: Apache-2.0

/// The time since the machine started, by a clock that no time server sets (proc_uptime(5)).
package enum HostUptime {
  /// The time in whole seconds; nil without /proc.
  package static func seconds(_ files: FileStore) throws(SystemCallError) -> Int? {
    let text = try files.read("/proc/uptime")
    return text.flatMap { Int($0.prefix { $0 != "." && $0 != " " }) }
  }
}
