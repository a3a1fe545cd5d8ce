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
  /// `stackFile` is the file by which the stack configures the primary. The file is the image's; ours
  /// only adds to it.
  func primaryFile(
    for plan: PrimaryPlan,
    besides stackFile: String,
    instance: InstanceID
  ) -> ConfigFile

  /// The addresses that such a file gives.
  func primaryAddresses(in content: String) -> [IPPrefix]

  /// The file that holds, in the first boot of an instance, every ENI whose role is unknown but
  /// `candidate`, which the image configures; without one, all are held.
  ///
  /// It is gone with the boot.
  func firstBootHold(except candidate: InterfaceName?) -> ConfigFile

  /// What, as a link to /dev/null, takes the hold that the package ships away for this boot.
  var holdMask: String { get }

  /// The candidate that such a file names.
  func candidate(in content: String) -> InterfaceName?

  /// Where our files lie, and how to tell them; `names` lists a directory.
  func ownedFiles(names: (String) throws -> [String]) throws -> [OwnedFiles]
}
