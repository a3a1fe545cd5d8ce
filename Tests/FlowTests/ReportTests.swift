// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  @Suite("A report for somebody who is not there", .serialized)
  struct ReportTests {
    @Test("has versions, configuration, facts, kernel and files, and no token")
    func report() throws {
      let stage = try Stage.routed()
      let report = try stage.shell("eni-init report")
      for part in [
        "Versions\n========\neni-init ", "[General]\n", "routed\n", "Nothing found",
        "Facts of nic1\n", "\nMACAddress=\(stage.second.mac)\n", "ip -4 rule\n",
        "from 10.0.1.10 lookup nic1",
        "198.51.100.20", stage.second.id.text,
      ] { #expect(report.contains(part), "\(part): \(report)") }
      // What every token of the simulated IMDS begins with.
      #expect(stage.cloud.imds.log.contains { $0.path == "/latest/api/token" })
      #expect(!report.contains("AQAEA"))
      let redacted = try stage.shell("eni-init report --redact")
      #expect(redacted.contains("10.0.1.10/24 (public-"), "\(redacted)")
      for secret in ["198.51.100.20", stage.second.id.text, stage.instance.id.text] {
        #expect(!redacted.contains(secret), "\(secret)")
      }
    }

    @Test("is made also when IMDS is silent or eni-init.conf has an error")
    func trouble() throws {
      let stage = try Stage.withUs()
      stage.cloud.imds.refuseConnections(for: .seconds(600))
      #expect(try stage.shell("eni-init report").contains("imds-unreachable"))
      try stage.shell("echo Nonsense >/etc/eni-init/eni-init.conf")
      let result = try stage.instance.run(["eni-init", "report"])
      #expect(result.status == 0 && result.output.contains("eni-init.conf:1: "), "\(result)")
    }
  }
}
