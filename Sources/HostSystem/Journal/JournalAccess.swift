// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Whether this user may read the journal of the system.
///
/// journalctl shows a user what is his own, and of the rest nothing: without a look at the files,
/// nothing happened and nothing may be seen would be the same.
package enum JournalAccess {
  /// A file of the journal that may not be read; nil when all may, and where there is none.
  package static var denied: String? {
    let files = FileStore()
    for directory in ["/var/log/journal", "/run/log/journal"] {
      // One that may not be listed has files that may not be read, if any.
      guard let machines = try? files.names(in: directory) else { return directory }
      for machine in machines {
        let path = "\(directory)/\(machine)/system.journal"
        if access(path, R_OK) != 0, errno == EACCES { return path }
      }
    }
    return nil
  }
}
