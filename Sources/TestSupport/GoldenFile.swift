// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One expected text in the `Goldens` folder beside a test.
package struct GoldenFile {
  private let file: URL

  /// The file of this name beside the test file at `testFile`.
  package init(_ name: String, testFile: String = #filePath) {
    file = URL(fileURLWithPath: testFile).deletingLastPathComponent()
      .appendingPathComponent("Goldens").appendingPathComponent(name)
  }

  /// How `content` differs from the file; nil when it does not.
  ///
  /// With RECORD_GOLDENS=1 in the environment the file is rewritten, and that is a difference too: a
  /// run that records never passes.
  package func difference(from content: String) throws -> String? {
    if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try content.write(to: file, atomically: true, encoding: .utf8)
      return "recorded \(file.path); look at it, then run again without RECORD_GOLDENS"
    }
    guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
      return "there is no \(file.path)"
    }
    guard expected != content else { return nil }
    return "\(file.lastPathComponent) differs\n--- expected\n\(expected)--- drawn\n\(content)"
  }
}
