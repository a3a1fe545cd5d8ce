// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Rendering

/// The network stack of a host: what writes for it, and what makes it act.
struct Stack {
  /// Which one it is.
  let kind: NetworkStack
  /// Writes its files.
  let renderer: any Renderer
  /// Makes it act on them.
  let activator: any Activator

  /// The stack of this kind.
  init(_ kind: NetworkStack, _ host: Host) {
    self.kind = kind
    renderer = kind.renderer
    activator = kind.activator(host)
  }
}

extension Host {
  /// All stacks there are.
  var stacks: [Stack] { NetworkStack.allCases.map { Stack($0, self) } }

  /// The stack to write for: `Stack=`, or the one that manages the primary ENI, or, where none does
  /// so yet, the one that the host starts at boot.
  ///
  /// Of several that it starts, the one that has files of ours: a stack that is restarting manages
  /// nothing for a moment, and files must not go to another one and back for that.
  func stack(primary: Link?) throws -> Stack {
    if let kind = configuration.policy.stack { return Stack(kind, self) }
    let managing = try primary.flatMap { link in
      try stacks.first { try $0.activator.manages(link) }
    }
    if let managing { return managing }
    let enabled = try stacks.filter { try $0.activator.isEnabled() }
    guard enabled.count > 1 else { return enabled.first ?? Stack(.kernel, self) }
    let files = try OwnedFileInventory(self).files
    return enabled.first { stack in files.contains { $0.belongs(to: stack.kind) } } ?? enabled[0]
  }
}
