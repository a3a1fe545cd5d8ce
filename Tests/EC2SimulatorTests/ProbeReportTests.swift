// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import EC2Simulator

@Suite("ProbeReport")
struct ProbeReportTests {
  /// The third reply came when the fourth request had been answered; the fifth is still on its way.
  private let output = """
    PING 10.0.1.10 (10.0.1.10) 56(84) bytes of data.
    64 bytes from 10.0.1.10: icmp_seq=1 ttl=64 time=0.185 ms
    64 bytes from 10.0.1.10: icmp_seq=4 ttl=64 time=0.124 ms
    64 bytes from 10.0.1.10: icmp_seq=3 ttl=64 time=512 ms

    --- 10.0.1.10 ping statistics ---
    5 packets transmitted, 3 received, 40% packet loss, time 612ms
    """

  @Test("a late reply is one, and what follows the requests that count is left out")
  func first() throws {
    let report = try ProbeReport(pingOutput: output, first: 3)
    #expect(report.sent == 3 && report.replies == 2 && report.lost == [2])
  }

  @Test("requests in flight are not lost")
  func inFlight() throws {
    let report = try ProbeReport(pingOutput: output, inFlight: 1)
    #expect(report.sent == 4 && report.replies == 3 && report.lost == [2])
  }

  @Test("a ping that could not send is an error")
  func unreachable() {
    #expect(throws: VPCError.self) {
      try ProbeReport(pingOutput: "ping: connect: Network is unreachable", first: 3)
    }
  }
}
