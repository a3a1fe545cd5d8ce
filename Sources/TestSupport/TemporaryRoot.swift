// SPDX-License-Identifier: Apache-2.0
import Foundation

/// An empty directory that stands for a host's root, removed with its owner.
package final class TemporaryRoot {
  /// Its absolute path.
  package let path: String

  /// Makes the directory.
  package init() throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("eni-init-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    path = directory.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file below the root, making directories.
  package func write(_ content: String, to file: String) throws {
    let target = URL(fileURLWithPath: path + file)
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try content.write(to: target, atomically: true, encoding: .utf8)
  }

  /// The content of a file below the root; nil for none.
  package func read(_ file: String) -> String? {
    try? String(contentsOfFile: path + file, encoding: .utf8)
  }

  /// The paths of all files below the root, sorted.
  package var files: [String] {
    let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return found.map { "/" + $0 }.filter { file in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path + file, isDirectory: &isDirectory)
        && !isDirectory.boolValue
    }.sorted()
  }
}
