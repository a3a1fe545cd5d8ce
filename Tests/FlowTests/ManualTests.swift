// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// Every example of the manual is run, and every check has its section.
  @Suite("What the manual says", .serialized)
  struct ManualTests {
    private static let directory = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("packaging/man").path

    /// What a box has not, so these are not run: EC2's API, systemd as process 1, a PCI bus, an ENA.
    private static let elsewhere = ["aws ", "systemctl ", "journalctl ", "lspci ", "ethtool "]
    /// What goes into files of others: udev's, cloud-init's.
    private static let contents = ["SUBSYSTEM==", "datasource:"]
    /// Those that say by their status that there is nothing to show.
    private static let askers = ["ps ", "ls ", "nft list "]

    private static func page(_ name: String) throws -> String {
      try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
    }

    /// The literal displays of a page (mdoc(7)).
    private static func examples(_ name: String) throws -> [String] {
      try page(name).components(separatedBy: ".Bd -literal").dropFirst().compactMap { part in
        let lines = part.components(separatedBy: "\n").dropFirst().prefix { $0 != ".Ed" }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
      }
    }

    /// The commands of an example, one a line unless a line goes on in the next ones.
    private static func commands(_ example: String) -> [String] {
      example.contains("<<") ? [example] : example.components(separatedBy: "\n")
    }

    @Test("its commands do what they are shown for")
    func commands() throws {
      let stage = try Stage.routed()
      let examples = try ["eni-init-checks.7", "eni-init.8"].flatMap(Self.examples)
        .filter { example in !Self.contents.contains(where: example.hasPrefix) }
        .flatMap(Self.commands)
      #expect(examples.count > 20)
      for example in examples where !Self.elsewhere.contains(where: example.hasPrefix) {
        let line = example.replacingOccurrences(
          of: "eni-0123456789abcdef0",
          with: stage.second.id.text
        )
        let result = try stage.instance.run(["sh", "-ec", line])
        let isAsker = Self.askers.contains(where: example.hasPrefix)
        #expect(result.status == 0 || isAsker, "\(line): \(result)")
        #expect(!result.errors.contains("not found"), "\(line): \(result)")
      }
    }

    @Test("its configuration is one")
    func configuration() throws {
      let stage = try Stage.withUs()
      for example in try Self.examples("eni-init.conf.5") {
        try stage.instance.write(
          "/etc/eni-init/eni-init.conf.d/example.conf",
          content: example + "\n"
        )
        let told = try stage.shell("eni-init config")
        for line in example.split(separator: "\n") where !line.hasPrefix("#") {
          #expect(told.contains("\n\(line)\n"), "\(line): \(told)")
        }
      }
    }
  }
}
