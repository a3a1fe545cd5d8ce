// SPDX-License-Identifier: Apache-2.0
import Foundation
package import NetworkModel

/// A tree of expected files, where the path below the tree is the path on the host.
package struct GoldenTree {
  private let directory: URL

  /// The tree `scenario` beside the test file at `testFile`, in its `Goldens` folder.
  package init(_ scenario: String, testFile: String = #filePath) {
    directory = URL(fileURLWithPath: testFile).deletingLastPathComponent()
      .appendingPathComponent("Goldens").appendingPathComponent(scenario)
  }

  /// Compares the tree with `files`, in both directions.
  ///
  /// With RECORD_GOLDENS=1 in the environment the tree is rewritten, and that is a difference too:
  /// a run that records never passes.
  ///
  /// - Returns: one line for each file that is missing, unexpected or different.
  package func differences(from files: [ConfigFile]) throws -> [String] {
    if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
      try record(files)
      return ["recorded \(directory.path); read it, then run again without RECORD_GOLDENS"]
    }
    let expected = try contents()
    let actual = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.content) })
    return Set(expected.keys).union(actual.keys).sorted().compactMap { path in
      guard expected[path] != actual[path] else { return nil }
      guard let wanted = expected[path] else { return "\(path) is written but not expected" }
      guard let got = actual[path] else { return "\(path) is expected but not written" }
      return "\(path) differs\n--- expected\n\(wanted)--- written\n\(got)"
    }
  }

  private func contents() throws -> [String: String] {
    guard let paths = FileManager.default.enumerator(atPath: directory.path) else { return [:] }
    var contents: [String: String] = [:]
    for case let path as String in paths {
      let file = directory.appendingPathComponent(path)
      guard !file.hasDirectoryPath, ["etc/", "run/"].contains(where: path.hasPrefix) else {
        continue
      }
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory),
        !isDirectory.boolValue
      else { continue }
      contents["/" + path] = try String(contentsOf: file, encoding: .utf8)
    }
    return contents
  }

  private func record(_ files: [ConfigFile]) throws {
    try? FileManager.default.removeItem(at: directory)
    for file in files {
      let target = directory.appendingPathComponent(file.path)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try file.content.write(to: target, atomically: true, encoding: .utf8)
    }
  }
}
