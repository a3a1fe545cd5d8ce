// SPDX-License-Identifier: Apache-2.0

import CNetlink
import NetworkModel
import Rtnetlink
import Testing

/// What an operator reads.
@Suite("Errors")
struct RtnetlinkErrorTests {
  private let rename: RtnetlinkError.Operation

  init() throws {
    rename = .change(
      .rename(
        try #require(Link.Index(3)),
        from: try #require(InterfaceName("eth1")),
        to: try #require(InterfaceName("nic1"))
      )
    )
  }

  @Test("each says what failed, on what, why and what to do")
  func descriptions() {
    let dump = RtnetlinkError.Operation.list(.routes(.ipv6))
    let errors: [RtnetlinkError] = [
      .denied(rename), .refused(rename, code: EEXIST, kernelText: nil),
      .refused(rename, code: EBUSY, kernelText: "Device is up"), .timedOut(dump),
      .interrupted(dump), .malformed(dump, .lengthTooSmall(0)),
      .socket(call: "socket(AF_NETLINK)", code: EAFNOSUPPORT),
    ]
    #expect(
      errors.map(\.description) == [
        "cannot do `ip link set dev eth1 name nic1`: operation not permitted; run as root or grant"
          + " CAP_NET_ADMIN",
        "cannot do `ip link set dev eth1 name nic1`: File exists (errno 17); something else holds"
          + " its place: find it with the matching `ip … show`",
        "cannot do `ip link set dev eth1 name nic1`: Device or resource busy (errno 16), the kernel"
          + " says “Device is up”; set the link down first",
        "cannot do `ip -6 route show table all`: the kernel did not answer in time; try again, and"
          + " look for hung tasks in the kernel log",
        "cannot do `ip -6 route show table all`: the list kept changing while it was read; try"
          + " again, and find what changes it with `ip monitor`",
        "cannot do `ip -6 route show table all`: the kernel's answer is malformed: the length 0 is"
          + " less than its own header; report this with the output of `uname -a`",
        "cannot talk to the kernel: socket(AF_NETLINK): Address family not supported by protocol"
          + " (errno 97); check that the service may use AF_NETLINK sockets"
          + " (RestrictAddressFamilies=)",
      ]
    )
  }

  @Test("only what passes by itself is transient")
  func transience() {
    #expect(RtnetlinkError.timedOut(rename).isTransient)
    #expect(RtnetlinkError.interrupted(rename).isTransient)
    #expect(RtnetlinkError.refused(rename, code: EBUSY, kernelText: nil).isTransient)
    #expect(RtnetlinkError.socket(call: "send", code: ENOBUFS).isTransient)
    #expect(!RtnetlinkError.refused(rename, code: EEXIST, kernelText: nil).isTransient)
    #expect(!RtnetlinkError.denied(rename).isTransient)
    #expect(!RtnetlinkError.malformed(rename, .lengthTooSmall(0)).isTransient)
  }
}
