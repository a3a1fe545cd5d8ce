// SPDX-License-Identifier: Apache-2.0
import Foundation
import Reporting
import Testing

@Suite("The manual of the checks")
struct FindingManualTests {
  private static let page = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("packaging/man/eni-init-checks.7").path

  @Test("each finding has a section that says how grave it is, and each section a finding")
  func findings() throws {
    let sections = try String(contentsOfFile: Self.page, encoding: .utf8).components(
      separatedBy: "\n.Ss "
    ).dropFirst()
    let told = sections.map { section in
      let lines = section.components(separatedBy: "\n")
      return "\(lines[0]): \(lines[1])"
    }
    #expect(
      told.sorted()
        == FindingID.allCases.map { "\($0.rawValue): A \($0.severity.rawValue)." }.sorted()
    )
  }
}
