// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("What an operator shows of the ENIs", .serialized)
  struct MapTests {
    @Test("a drawing for the terminal, and an SVG for the ticket")
    func map() throws {
      let stage = try Stage.routed()

      let text = try stage.shell("eni-init map")
      for words in [
        "ens5 (main's default route)", "10.0.1.10/24 ↔ 198.51.100.20", "subnet-0a1b2c3d4e5f60719",
        "replies leave by: table 10001 via 10.0.1.1", "replies leave by: table main via 10.0.0.1",
      ] { #expect(text.contains(words), "\(words): \(text)") }
      #expect(!text.contains("\u{1B}") && !text.contains("!"), "\(text)")

      let svg = try stage.shell("eni-init map --svg -")
      #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
      #expect(svg.contains("198.51.100.20"))
      let written = try stage.shell(
        "cd /run && eni-init map --svg map.svg && cat map.svg && rm map.svg && ls -A | grep svg; true"
      )
      #expect(written == svg)

      try stage.shell("ip rule del from 10.0.1.10")
      let drifted = try stage.shell("eni-init map")
      #expect(drifted.contains("! leaves by ens5"), "\(drifted)")

      let refused = try stage.shell("eni-init map --svg /no/such/map.svg 2>&1; echo $?")
      #expect(refused.contains("cannot write /no/such/map.svg"), "\(refused)")
      #expect(refused.hasSuffix("71\n"), "\(refused)")
    }
  }
}
