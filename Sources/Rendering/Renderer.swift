// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Writes a plan in a network stack's own format: pure, one conformer a stack.
package protocol Renderer: Sendable {
  /// The files that configure one ENI, complete with paths and permissions.
  ///
  /// Their names follow the slot and not the current link name, so the ENI that comes into a
  /// slot replaces the files of the one that left it.
  func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile]

  /// The file by which the primary has its secondary addresses at the next boot.
  ///
  /// `link` is the primary's name, and `stackFile` the file by which the stack configures it. That is
  /// the image's; ours only adds to it. Nil where a stack has no way to add to it.
  func primaryFile(
    for plan: PrimaryPlan,
    on link: InterfaceName,
    besides stackFile: String,
    instance: InstanceID
  ) -> ConfigFile?

  /// The addresses that such a file gives.
  func primaryAddresses(in content: String) -> [IPPrefix]

  /// The file that holds, in the first boot of an instance, every ENI whose role is unknown but
  /// `candidate`, which the image configures; without one, all are held.
  ///
  /// It is gone with the boot. Nil where the package itself has what holds them.
  func firstBootHold(except candidate: InterfaceName?) -> ConfigFile?

  /// What takes the hold that the package ships away for this boot, when eni-init is turned off; nil
  /// where the package ships none.
  var holdMask: ConfigFile? { get }

  /// Where our files lie, and how to tell them; `names` lists a directory.
  func ownedFiles(names: (String) throws -> [String]) throws -> [OwnedFiles]
}

extension Renderer {
  /// What most stacks need: the package itself has what holds ENIs in a first boot, or nothing has to.
  package func firstBootHold(except candidate: InterfaceName?) -> ConfigFile? { nil }

  /// What most stacks need: the package ships no hold of theirs.
  package var holdMask: ConfigFile? { nil }
}
