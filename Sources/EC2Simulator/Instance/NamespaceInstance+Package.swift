// SPDX-License-Identifier: Apache-2.0
import Foundation
import NetworkModel

extension NamespaceInstance {
  /// The top of the repository.
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Lays out what the package ships, with `program` as `/usr/sbin/eni-init`.
  ///
  /// Two things differ from a real installation: the links here are veth pairs, so a rule names
  /// them as candidates; and the machine's kernel shows no DMI of ours, so the rule that reads it
  /// has the id written in.
  package func installPackage(program: String) throws {
    let source = Self.repository
    try write("/usr/sbin/eni-init", from: program, executable: true)
    try write(
      "/usr/lib/eni-init/container-ports.nft",
      from: "\(source)/packaging/container-ports/container-ports.nft"
    )
    for unit in ["apply@", "attach@", "boot", "container-ports", "detach@", "refresh"].map({
      "eni-init-" + $0
    }) {
      try write(
        "/usr/lib/systemd/system/\(unit).service",
        from: "\(source)/packaging/systemd/\(unit).service"
      )
    }
    try write(
      "/usr/lib/systemd/network/06-eni-init-hold.network",
      from: "\(source)/packaging/network/06-eni-init-hold.network"
    )
    try write(
      "/etc/cloud/clean.d/50-eni-init",
      from: "\(source)/packaging/cloud/50-eni-init",
      executable: true
    )
    try write(
      "/etc/network/if-pre-up.d/eni-init",
      from: "\(source)/packaging/ifupdown/eni-init",
      executable: true
    )
    try write(
      "/usr/lib/systemd/system/ifup@.service.d/eni-init.conf",
      from: "\(source)/packaging/ifupdown/eni-init.conf"
    )
    try write(
      "/usr/lib/systemd/system/networking.service.d/eni-init.conf",
      from: "\(source)/packaging/ifupdown/networking.service.d/eni-init.conf"
    )
    for script in ["exclude-enis", "retry-networking"] {
      try write(
        "/usr/lib/eni-init/\(script)",
        from: "\(source)/packaging/ifupdown/\(script)",
        executable: true
      )
    }
    try installRule()
    try write(
      "/etc/udev/rules.d/69-candidates.rules",
      content: #"SUBSYSTEM=="net", KERNEL=="ens*|eth*|nic*|net*", ENV{ENI_INIT_CANDIDATE}="1""#
        + "\n"
    )
  }

  /// Writes udev's rule for the instance's present id.
  package func installRule() throws {
    let source = Self.repository
    let rule = try String(contentsOfFile: "\(source)/udev/70-eni-init.rules", encoding: .utf8)
    try write(
      "/usr/lib/udev/rules.d/70-eni-init.rules",
      content: rule.replacingOccurrences(
        of: "$attr{[dmi/id]board_asset_tag}",
        with: id.text
      )
    )
  }

  /// Takes the program away, as a removed or broken package would; everything else stays.
  package func removeProgram() throws {
    try check(["rm", "-f", "/usr/sbin/eni-init"])
  }
}
