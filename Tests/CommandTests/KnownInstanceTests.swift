// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import TestSupport
import Testing

@Suite("The setting for cloud-init")
struct KnownInstanceTests {
  private static let packaging = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("packaging/cloud").path

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var identity: String? = "i-0123456789abcdef0\n"
    var record: String? = "i-0123456789abcdef0"
    var cloudInit: String? = "i-0123456789abcdef0\n"
    var isSet = false
  }

  static let cases = [
    Case(testDescription: "both know the instance", isSet: true),
    Case(testDescription: "the primary is not on record", record: nil),
    Case(testDescription: "another instance is on record", record: "i-0fedcba9876543210"),
    Case(testDescription: "cloud-init was cleaned", cloudInit: nil),
    Case(testDescription: "cloud-init knows another instance", cloudInit: "i-0fedcba9876543210\n"),
    Case(testDescription: "the hypervisor shows no identity", identity: nil),
    Case(testDescription: "there is no identity", identity: "Not Specified\n"),
    Case(
      testDescription: "the identity is a path",
      identity: "i-0/../i-0123456789abcdef0\n",
      cloudInit: "i-0/../i-0123456789abcdef0\n"
    ),
  ]

  @Test("is there where both know the instance, and nowhere else", arguments: cases)
  func setting(_ example: Case) throws {
    let root = try TemporaryRoot()
    let target = "/run/eni-init/cloud-init.cfg"
    // Of an earlier run in this boot.
    try root.write("left", to: target)
    let source = "/usr/share/eni-init/cloud/known-instance.cfg"
    try root.write(try Self.file("known-instance.cfg"), to: source)
    if let text = example.identity { try root.write(text, to: "/sys/class/dmi/id/board_asset_tag") }
    if let text = example.cloudInit { try root.write(text, to: "/var/lib/cloud/data/instance-id") }
    for instance in ["i-0", example.record].compactMap(\.self) {
      let name = instance == "i-0" ? "other" : "primary"
      try root.write("ENI_INIT_ROLE=primary\n", to: "/etc/eni-init/instances/\(instance)/\(name)")
    }
    let result = try Program(["/bin/sh", Self.packaging + "/known-instance", root.path]).result()
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
    #expect(root.read(target) == (example.isSet ? try Self.file("known-instance.cfg") : nil))
  }

  private static func file(_ name: String) throws -> String {
    try String(contentsOfFile: "\(packaging)/\(name)", encoding: .utf8)
  }
}
