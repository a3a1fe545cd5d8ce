// SPDX-License-Identifier: Apache-2.0

/// The unit of systemd that this process runs in.
package enum OwnUnit {
  /// Its name, from the control group, the last part of which systemd names by it; nil outside of a
  /// service.
  package static func name(_ files: FileStore = FileStore()) -> String? {
    // Without it the message is sent all the same.
    guard let groups = try? files.read("/proc/self/cgroup") else { return nil }
    // `0::/…` with the unified hierarchy, `1:name=systemd:/…` before.
    let own = groups.split(separator: "\n").first {
      $0.hasPrefix("0::") || $0.contains(":name=systemd:")
    }
    return own?.split(separator: "/").last { $0.hasSuffix(".service") }.map(String.init)
  }
}
