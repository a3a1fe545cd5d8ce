// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem

/// The file from which node_exporter's textfile collector reads.
struct MetricsFile {
  private let path: String

  /// The file at `path`.
  ///
  /// - Throws: ``MetricsFailure`` without its directory: who reads there makes it, and one that we made
  ///   would hide a mistake.
  init(_ path: String) throws {
    guard let name = path.split(separator: "/").last, !path.hasSuffix("/") else {
      throw MetricsFailure.noFile(path)
    }
    let prefix = path.dropLast(name.count)
    guard let resolved = realpath(prefix.isEmpty ? "." : String(prefix), nil) else {
      throw MetricsFailure.noDirectory(String(prefix), errno: errno)
    }
    defer { free(resolved) }
    let directory = String(cString: resolved)
    self.path = (directory == "/" ? "" : directory) + "/" + name
  }

  /// Replaces it in one step: a reader sees the former content or this, whole, and may be anybody.
  func replace(with text: String) throws {
    try DocumentFile(path).replace(text, mode: 0o644)
  }
}
