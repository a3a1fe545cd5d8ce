// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// The files that an ENI has whatever the network stack is.
enum CommonFiles {
  /// Where they lie.
  static let owned = [TableNames.files, ContainerPorts.files]

  /// The files of one ENI.
  static func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile] {
    [TableNames.file(for: plan, instance: instance)]
      + [ContainerPorts.file(for: plan, instance: instance)].compactMap(\.self)
  }
}
