// SPDX-License-Identifier: Apache-2.0

import NetworkModel
import Rtnetlink
import TestSupport
import Testing

/// A machine whose devices the test plugs and whose kernel is under test.
protocol Machine: AnyObject {
  /// The kernel under test.
  var kernel: any KernelConfiguration { get }
  /// Adds a link that is down and has a carrier once it is up.
  func plug(_ name: InterfaceName) throws -> Link
  /// Adds a bridge with this MAC, which has `member` as its port.
  func bridge(_ name: InterfaceName, mac: MACAddress, member: Link) throws -> Link
  /// Takes the link away.
  func unplug(_ link: Link) throws
  /// Gives it an address for a time, as a DHCP client does.
  func lease(_ prefix: IPPrefix, to link: Link) throws
}

/// The two kernels that the contract holds for.
enum Subject: String, CaseIterable, CustomTestStringConvertible {
  case fake = "the fake kernel"
  case real = "the real kernel"

  var testDescription: String { rawValue }

  /// A machine with `lo` alone.
  func machine() throws -> any Machine {
    switch self {
    case .fake: FakeMachine()
    case .real: try RealMachine()
    }
  }
}

/// The machine around ``FakeKernel``.
private final class FakeMachine: Machine {
  let fake = FakeKernel()
  var kernel: any KernelConfiguration { fake }

  func plug(_ name: InterfaceName) -> Link { fake.addLink(name, kind: "veth") }

  func bridge(_ name: InterfaceName, mac: MACAddress, member: Link) -> Link {
    fake.addLink(name, mac: mac, kind: "bridge")
  }

  func unplug(_ link: Link) { fake.removeLink(link.index) }

  func lease(_ prefix: IPPrefix, to link: Link) throws { try fake.lease(prefix, to: link.index) }
}
