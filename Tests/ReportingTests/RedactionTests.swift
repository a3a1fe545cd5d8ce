// SPDX-License-Identifier: Apache-2.0
import Reporting
import Testing

@Suite("What is taken out of a report on request")
struct RedactionTests {
  @Test(
    "public addresses and ids, wherever they stand, and nothing else",
    arguments: [
      ("10.0.1.10/24 (203.0.113.7)", "10.0.1.10/24 (public-1)"),
      ("to 203.0.113.7: refused, 203.0.113.7.", "to public-1: refused, public-1."),
      ("a 52.1.2.3 b 52.1.2.4 c 52.1.2.3", "a public-1 b public-2 c public-1"),
      ("inet6 2600:1f18::10/64 scope global", "inet6 public-1/64 scope global"),
      ("2600:1f18::/64 dev nic1", "public-1/64 dev nic1"),
      ("[2600:1f18::10]:80", "[public-1]:80"),
      ("fe80:ec2::1 fd00:ec2::254 169.254.169.254", "fe80:ec2::1 fd00:ec2::254 169.254.169.254"),
      ("eni-0a1b2c3d4e5f60718 is nic1", "eni-redacted-1 is nic1"),
      ("i-0a1b2c3d/02:00:00:00:00:06", "i-redacted-1/02:00:00:00:00:06"),
      ("subnet-0a1b2c3d4e5f60718, 10.0.1.0/24", "subnet-redacted-1, 10.0.1.0/24"),
      ("eni-init 0.1.0: 05-eni-init-nic1.network", "eni-init 0.1.0: 05-eni-init-nic1.network"),
      ("6.1.0-13-cloud-amd64 at 10:22:33", "6.1.0-13-cloud-amd64 at 10:22:33"),
      ("", ""), ("...:::---", "...:::---"), ("::1 :: default", "::1 :: default"),
    ]
  )
  func redaction(text: String, expected: String) {
    var redaction = Redaction()
    #expect(redaction.redact(text) == expected)
  }
}
