// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import TestSupport

extension Stage {
  /// A stage with the program under test.
  static func withUs(
    image: InstanceImage = .networkd,
    launch: Launch = .primaryAlone,
    hasCloudInit: Bool = false,
    imds: Availability = .answers,
    configuration: String? = nil,
    untilArmed: Bool = true,
    conditions: HostConditions = HostConditions(),
    prepare: (Stage) throws -> Void = { _ in }
  ) throws -> Stage {
    try Stage(
      program: BuiltProduct.path("eni-init"),
      image: image,
      launch: launch,
      hasCloudInit: hasCloudInit,
      imds: imds,
      configuration: configuration,
      untilArmed: untilArmed,
      conditions: conditions,
      prepare: prepare
    )
  }

  /// A stage on which the second ENI is routed; `change` says what else it has.
  static func routed(_ change: (inout SimulatedENI) throws -> Void = { _ in }) throws -> Stage {
    let stage = try Stage.withUs()
    var eni = stage.second
    try change(&eni)
    try stage.plug(eni, as: "ens6")
    try stage.waitUntilRouted(eni)
    return stage
  }

  /// Marks links that udev's rule has not seen, because they were there before it, as ENIs: the program knows
  /// a link of hardware by itself, and a veth pair, which stands for one here, is not hardware.
  func markAsHardware(_ names: String...) throws {
    for name in names { try shell("ip link set \(name) group 10000") }
  }

  /// A stage with the image alone.
  static func withoutUs() throws -> Stage {
    try Stage(program: nil)
  }

  /// Publishes the container on addresses of the host: an echo request, in the place of a port, has its
  /// destination rewritten to the container's address.
  func publishContainer(on addresses: String) throws {
    try instance.check(
      ["nft", "-f", "-"],
      input: """
        table ip published {
          chain prerouting {
            type nat hook prerouting priority dstnat
            ip daddr \(addresses) icmp type echo-request dnat to 172.17.0.2
          }
        }

        """
    )
  }

  /// Everything that a run could change: links, addresses, routes, rules, and the files.
  ///
  /// Link-local and multicast routes are left out: the kernel adds them in its own time. So is the rule of
  /// others without a priority, which gets another number when networkd adds it again.
  func state() throws -> String {
    try shell(
      """
      ip -o link show | sed 's/state [A-Z]*//'
      ip -o address show scope global | sed 's/ valid_lft.*//'
      for family in -4 -6; do ip $family route show table all; ip $family rule show; done |
        grep -v -e fe80: -e ff00: -e 'from 10.8.0.2 ' | sed 's/ expires [0-9]*sec//'
      find /etc/eni-init /etc/systemd/network /etc/network /etc/iproute2 -type f -exec ls -i {} + \
        -exec md5sum {} + 2>/dev/null
      """
    )
  }
}
