// SPDX-License-Identifier: Apache-2.0
package import NetworkModel

/// Writes for a host without a network manager: a script of ip(8)'s commands, which the package's
/// eni-init-apply@.service runs when the ENI's link appears.
package struct KernelRenderer: Renderer {
  /// The renderer; it has no state.
  package init() {}

  /// The scripts, which udev's rule looks for by this path.
  package static let scripts = OwnedFiles(
    directory: "/etc/eni-init/kernel",
    prefix: "",
    suffix: ".sh"
  )

  /// The script of the primary, whose name no other ENI's is.
  package static let primaryScript = OwnedFiles(
    directory: scripts.directory,
    prefix: "primary",
    suffix: ".sh",
    isForPrimary: true
  )

  package func files(for plan: InterfacePlan, instance: InstanceID) -> [ConfigFile] {
    guard !plan.isHeld else { return [] }
    let header = Header.lines(
      for: plan,
      instance: instance,
      override: """
        Applied by eni-init-apply@\(plan.name).service when the link appears. To override, give that
        unit a drop-in; `eni-init plan` shows what would be written here.
        """
    )
    let commands = IPCommands(plan)
    let all =
      [commands.mtu, commands.link].compactMap(\.self) + commands.addresses + commands.routes
      + (commands.rules[.ipv4] ?? [])
    let script = ConfigFile(
      path: Self.scripts.path(plan.name),
      lines: header + Self.guarding(plan) + IPCommands.batch(all)
        + IPCommands.batch(commands.rules[.ipv6] ?? [], options: "-6 ")
    )
    return [script] + CommonFiles.files(for: plan, instance: instance)
  }

  /// Ends the script on another link that has got the name: udev starts it by name.
  private static func guarding(_ plan: InterfacePlan) -> [String] {
    [
      "", "if ! grep -qx \(plan.mac) /sys/class/net/\(plan.name)/address; then",
      "  echo '\(plan.name) is not the ENI \(plan.mac): left alone' >&2", "  exit 0", "fi",
    ]
  }

  package func primaryFile(
    for plan: PrimaryPlan,
    on link: InterfaceName,
    besides stackFile: String,
    instance: InstanceID
  ) -> ConfigFile? {
    ConfigFile(
      path: stackFile,
      lines: Header.lines(for: plan, instance: instance)
        + IPCommands.batch(plan.addresses.map { IPCommands.addition(of: $0, to: link) })
    )
  }

  package func primaryAddresses(in content: String) -> [IPPrefix] {
    IPCommands.addedAddresses(content)
  }

  package func ownedFiles(names: (String) throws -> [String]) throws -> [OwnedFiles] {
    [Self.primaryScript, Self.scripts] + CommonFiles.owned
  }
}
