// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Reporting
import Testing

/// What no box can show; the rest is broken for real, see FlowTests.
@Suite("What a check-up finds in what it is given")
struct CheckupTests {
  private func view() throws -> HostView {
    let primary = try #require(MACAddress("02:00:00:00:00:05"))
    let second = try #require(MACAddress("02:00:00:00:00:06"))
    let kernel = KernelState(links: [
      Link(
        index: try #require(Link.Index(2)),
        name: try #require(InterfaceName("ens5")),
        address: primary
      ),
      Link(
        index: try #require(Link.Index(3)),
        name: try #require(InterfaceName("nic1")),
        address: second
      ),
    ])
    return HostView(
      instance: nil,
      stack: .networkd,
      kernel: kernel,
      metadata: .answered,
      refusal: nil,
      enis: [
        ENIView(role: .primary, mac: primary, told: .nothing, namePrefix: "nic", kernel: kernel),
        ENIView(
          role: .secondary,
          mac: second,
          told: .nothing,
          ignoredBy: "MAC=\(second)",
          namePrefix: "nic",
          kernel: kernel
        ),
      ]
    )
  }

  @Test("packets over EC2's limit, a failed unit, and a timer that does not run, are warnings")
  func services() throws {
    var surroundings = Surroundings()
    #expect(Checkup(try view(), surroundings).findings.isEmpty)
    surroundings.linkLocalExceeded = [
      try #require(Link.Index(2)): 17, try #require(Link.Index(3)): 0,
    ]
    surroundings.hasFailedUnit = true
    surroundings.isRefreshActive = false
    let report = CheckReport(Checkup(try view(), surroundings).findings)
    #expect(report.findings.map(\.id) == [.unitFailed, .refreshInactive, .linkLocalLimit])
    #expect(report.findings.last?.details.first?.hasPrefix("17 packets") ?? false)
    #expect(report.severity == .warning)
    surroundings.hasFailedUnit = nil
    surroundings.isRefreshActive = nil
    #expect(Checkup(try view(), surroundings).findings.map(\.id) == [.linkLocalLimit])
  }

  @Test("problems come before warnings, and colours are for terminals alone")
  func order() {
    let findings = [
      Finding(.rivalManager, "a", remedy: "b"), Finding(.fileDrift, on: "nic1", "c", remedy: "d"),
    ]
    let report = CheckReport(findings)
    #expect(report.severity == .problem)
    #expect(
      report.text(.plain).hasSuffix("1 problem, 1 warning. eni-init-checks(7) tells of each.\n")
    )
    #expect(!report.text(.plain).contains("\u{1B}"))
    #expect(report.text(.coloured).contains("\u{1B}[31mproblem: file-drift on nic1\u{1B}[0m"))
  }
}
