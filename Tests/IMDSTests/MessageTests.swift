// SPDX-License-Identifier: Apache-2.0

import Glibc
import NetworkModel
import Testing

@testable import IMDS

@Suite("What the operator reads")
struct MessageTests {
  @Test("errors say what failed, on what, why, and what to do")
  func errors() throws {
    let mac = try macAddress("02:00:00:00:00:01")
    let refused = ConnectFailure(endpoint: .ipv4, code: ECONNREFUSED)
    let busy = RequestFailure.status(503, retryAfter: .seconds(7))
    let expected: [(IMDSError, String)] = [
      (
        .denied(path: "/latest/api/token"),
        """
        IMDS refused /latest/api/token (HTTP 403): the metadata service is turned off or the \
        request is not allowed; check `aws ec2 describe-instances --query '…MetadataOptions'`
        """
      ),
      (
        .failed(path: "/x", .unreachable([refused]), attempts: 1),
        """
        cannot read /x from IMDS after 1 attempt: no endpoint can be connected to \
        (169.254.169.254:80: Connection refused); check the route with \
        `ip route get 169.254.169.254` and that the instance's metadata options enable IMDS
        """
      ),
      (
        .failed(
          path: "/x",
          .unreachable([
            ConnectFailure(endpoint: .ipv4, link: InterfaceName("ens5"), code: ECONNREFUSED)
          ]),
          attempts: 1
        ),
        """
        cannot read /x from IMDS after 1 attempt: no endpoint can be connected to \
        (169.254.169.254:80 by ens5: Connection refused); check the route with \
        `ip route get 169.254.169.254 oif ens5` and that the instance's metadata options enable IMDS
        """
      ),
      (
        .failed(path: "/x", .unreachable([]), attempts: 1),
        """
        cannot read /x from IMDS after 1 attempt: no link of an ENI on record is up and has an \
        address, and IMDS is asked by no other; look for the primary with `ip address`
        """
      ),
      (
        .failed(path: "/x", .linksUnknown("no socket"), attempts: 1),
        """
        cannot read /x from IMDS after 1 attempt: the links of the ENIs cannot be read, and IMDS is \
        asked by no other: no socket
        """
      ),
      (
        .failed(path: "/x", busy, attempts: 4),
        """
        cannot read /x from IMDS after 4 attempts: HTTP 503, retry after 7.0 seconds; IMDS is \
        busy, look for other programs that poll it
        """
      ),
      (
        .malformed(key: "local-ipv4s", value: UntrustedText("a\n"), expected: "addresses"),
        #"""
        IMDS key local-ipv4s holds "a\n", expected addresses; nothing is changed for it, \#
        compare with `aws ec2 describe-network-interfaces`
        """#
      ),
      (
        .notSettled(mac, .deviceNumberNotBelievable(0), waited: .seconds(30)),
        """
        the facts of the ENI with MAC 02:00:00:00:00:01 are not settled after 30.0 seconds: \
        device number 0 is not believable for it; run eni-init again later; if it stays so, \
        detach the ENI and attach it again
        """
      ),
    ]
    for (error, text) in expected { #expect(error.description == text) }
  }

  @Test("untrusted text is escaped, on one line, and short")
  func untrustedText() {
    #expect(UntrustedText("a\"b\\\r\n\t\u{1b}ä").description == #""a\"b\\\r\n\t\x1b\xc3\xa4""#)
    let long = UntrustedText(String(repeating: "x", count: 1_048_576)).description
    #expect(long == "\"" + String(repeating: "x", count: 48) + "…\" (1048576 bytes)")
  }
}
