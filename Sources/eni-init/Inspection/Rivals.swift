// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import Reporting

/// Other programs that configure ENIs, told by the files they are set up with.
struct Rivals {
  let files: FileStore

  /// A program, the file that shows that it is set up, and how to turn it off.
  private static let known: [Surroundings.Rival] = [
    .init(
      name: "amazon-ec2-net-utils",
      evidence: "/usr/lib/udev/rules.d/99-vpc-policy-routes.rules",
      remedy: "run `apt-get remove amazon-ec2-net-utils`"
    ),
    .init(
      name: "cloud-netconfig",
      evidence: "/etc/default/cloud-netconfig",
      remedy: "remove its package, or set CLOUD_NETCONFIG_MANAGE=no in that file"
    ),
    .init(
      name: "cloud-init's hotplug",
      evidence: "/etc/udev/rules.d/90-cloud-init-hook-hotplug.rules",
      remedy:
        "set `updates: {network: {when: [boot-new-instance]}}` in /etc/cloud/cloud.cfg.d, and remove that file"
    ),
    .init(
      name: "cloud-init's hotplug",
      evidence: "/etc/udev/rules.d/10-cloud-init-hook-hotplug.rules",
      remedy:
        "set `updates: {network: {when: [boot-new-instance]}}` in /etc/cloud/cloud.cfg.d, and remove that file"
    ),
    .init(
      name: "the ifupdown helper of Debian 11's cloud images",
      evidence: "/etc/udev/rules.d/75-cloud-ifupdown.rules",
      remedy: "where ifupdown configures the primary by a stanza of its own, remove that file"
    ),
  ]

  /// Files by which an administrator takes the place of ours (systemd.network(5), udev(7)).
  private static let masks = [
    "/etc/systemd/network/06-eni-init-hold.network", "/etc/udev/rules.d/70-eni-init.rules",
  ]

  /// Those that are set up on this host.
  func present() throws -> [Surroundings.Rival] {
    var found = try Self.known.filter { try files.modificationTime($0.evidence) != nil }
    let unit = "nm-cloud-setup.timer"
    if try EnabledUnits(files).contains(unit) {
      found.append(
        .init(
          name: "nm-cloud-setup",
          evidence: "\(unit) is enabled",
          remedy: "run `systemctl disable --now nm-cloud-setup.timer nm-cloud-setup.service`"
        )
      )
    }
    return found
  }

  /// The files that take the place of ours.
  func maskedFiles() throws -> [String] {
    try Self.masks.filter { try files.modificationTime($0) != nil }
  }
}
