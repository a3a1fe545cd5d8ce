// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Writes a plan in a network stack's own format: pure, one conformer a stack.
package protocol Renderer: Sendable {
  /// The files that configure one ENI, complete with paths and permissions.
  ///
  /// Their names follow the slot and not the current link name, so the ENI that comes into a
  /// slot replaces the files of the one that left it.
  func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile]

  /// The directories that hold such files, and how to tell ours in them.
  var ownedFiles: [OwnedFiles] { get }
}
