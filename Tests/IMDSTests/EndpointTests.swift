// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import IMDS

@Suite("IMDS endpoints")
struct EndpointTests {
  @Test("the standard endpoints are those that EC2 documents, IPv4 first")
  func standard() {
    #expect(
      IMDSEndpoint.standard.map(\.description) == ["169.254.169.254:80", "[fd00:ec2::254]:80"]
    )
    #expect(IMDSEndpoint.standard.map(\.host) == ["169.254.169.254", "[fd00:ec2::254]"])
  }

  @Test(
    "an override names a loopback address and a port",
    arguments: ["127.0.0.1:8080", "[::1]:8080", "127.0.0.53:1", "127.0.0.1:65535"]
  )
  func accepted(_ text: String) {
    #expect(IMDSEndpoint(loopback: text)?.description == text)
  }

  @Test(
    "an override that leads off the host, or is no address, is refused",
    arguments: [
      "", ":", "127.0.0.1", "[::1]", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
      "127.0.0.1:+80", "127.0.0.1:080", "127.0.0.1:-1", "127.0.0.1: 80", "169.254.169.254:80",
      "10.0.0.1:80", "[fd00:ec2::254]:80", "[fe80::1]:80", "[::]:80", "0.0.0.0:80", "::1:80",
      "localhost:80", "http://127.0.0.1:80", "[127.0.0.1]:80", "127.0.0.1:80/", "127.1:80",
      "[::ffff:7f00:1]:80", "128.0.0.1:80",
    ]
  )
  func refused(_ text: String) {
    #expect(IMDSEndpoint(loopback: text) == nil)
  }
}
