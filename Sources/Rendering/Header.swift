// SPDX-License-Identifier: Apache-2.0
import NetworkModel

/// The opening comment of every generated file: who wrote it, for which ENI, how to override.
enum Header {
  /// How the first line of each of our files begins; removal looks for it.
  static let firstWords = "# Written by eni-init"
  /// How the line begins that says for which instance it is.
  static let instanceWords = "# Instance "

  /// The lines of a hold for a first boot.
  static let firstBoot = [
    "\(firstWords)(8), for this boot.",
    "# Which ENI is the primary is not known yet: one may be tried, all others are held.",
  ]

  /// The lines of the primary's file.
  static func lines(for plan: PrimaryPlan, instance: InstanceID) -> [String] {
    [
      "\(firstWords)(8); changes here are lost.",
      "# Secondary addresses of the primary ENI, MAC \(plan.mac)",
      instanceWords + instance.text,
    ]
  }

  /// The lines of an ENI's files.
  static func lines(
    for plan: InterfacePlan,
    instance: InstanceID,
    override: String
  ) -> [String] {
    let interface = plan.interface
    return [
      "\(firstWords)(8); changes here are lost.",
      "# ENI \(interface.id), MAC \(interface.mac), \(interface.attachment)",
      instanceWords + instance.text,
    ] + override.split(separator: "\n").map { "# \($0)" }
  }
}
