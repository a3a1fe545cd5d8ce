// SPDX-License-Identifier: Apache-2.0

import CNetlink
import Glibc
package import NetworkModel

/// Why the kernel's network configuration could not be read or changed.
package enum RtnetlinkError: Error, Hashable, Sendable {
  /// What was wanted, printed as the iproute2 command that does the same.
  package enum Operation: Hashable, Sendable, CustomStringConvertible {
    /// Reading a list.
    case list(Listing)
    /// Making a change.
    case change(Change)
    /// Asking how a packet would be sent.
    case lookUp(RouteLookup.Question)

    package var description: String {
      switch self {
      case .list(let listing): listing.description
      case .change(let change): change.description
      case .lookUp(let question): question.description
      }
    }
  }

  /// A system call on the socket failed.
  case socket(call: String, code: Int32)
  /// The process lacks CAP_NET_ADMIN (EPERM).
  case denied(Operation)
  /// The kernel said no; `kernelText` is its own explanation, verbatim, when it gave one.
  case refused(Operation, code: Int32, kernelText: String?)
  /// No complete answer came within the deadline.
  case timedOut(Operation)
  /// The list changed during each of several readings, so none is known to be complete.
  case interrupted(Operation)
  /// The answer's bytes break the protocol.
  case malformed(Operation, MalformedMessage)

  /// What became of an operation whose answer had this fault.
  init(_ operation: Operation, _ fault: Reply.Fault) {
    self =
      switch fault {
      case .malformed(let reason): .malformed(operation, reason)
      case .refused(let refusal) where refusal.code == EPERM: .denied(operation)
      case .refused(let refusal):
        .refused(operation, code: refusal.code, kernelText: refusal.text)
      case .interrupted, .overrun: .interrupted(operation)
      }
  }

  /// Whether the same operation may succeed shortly, with nothing changed by the caller.
  package var isTransient: Bool {
    switch self {
    case .timedOut, .interrupted: true
    case .socket(_, let code), .refused(_, let code, _):
      [EAGAIN, EBUSY, EINTR, ENOBUFS, ENOMEM].contains(code)
    case .denied, .malformed: false
    }
  }
}

extension RtnetlinkError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .socket(let call, let code):
      "cannot talk to the kernel: \(call): \(Self.text(code)); check that the service may use"
        + " AF_NETLINK sockets (RestrictAddressFamilies=)"
    case .denied(let operation):
      "cannot do `\(operation)`: operation not permitted; run as root or grant CAP_NET_ADMIN"
    case .refused(let operation, let code, let kernelText):
      "cannot do `\(operation)`: \(Self.text(code))"
        + (kernelText.map { ", the kernel says “\($0)”" } ?? "") + "; \(Self.remedy(code))"
    case .timedOut(let operation):
      "cannot do `\(operation)`: the kernel did not answer in time; try again, and look for hung"
        + " tasks in the kernel log"
    case .interrupted(let operation):
      "cannot do `\(operation)`: the list kept changing while it was read; try again, and find"
        + " what changes it with `ip monitor`"
    case .malformed(let operation, let reason):
      "cannot do `\(operation)`: the kernel's answer is malformed: \(reason); report this with the"
        + " output of `uname -a`"
    }
  }

  private static func text(_ code: Int32) -> String {
    "\(String(cString: strerror(code))) (errno \(code))"
  }

  private static func remedy(_ code: Int32) -> String {
    switch code {
    case EEXIST: "something else holds its place: find it with the matching `ip … show`"
    case EBUSY: "set the link down first"
    case ENODEV: "the link is gone: attach it again, or read the state anew"
    case ENETDOWN: "set the link up first"
    case ENETUNREACH, EHOSTUNREACH: "add the route to the gateway first"
    case EACCES: "check net.ipv6.conf.*.disable_ipv6"
    case EAFNOSUPPORT, EOPNOTSUPP:
      "this kernel lacks it: check ipv6.disable= and the kernel version"
    case EAGAIN, EINTR, ENOBUFS, ENOMEM: "try again"
    default: "run the command by hand to see what is different"
    }
  }
}
