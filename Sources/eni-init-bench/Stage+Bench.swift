// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel

extension HostConditions {
  /// A host with nothing but its ENIs, so that figures can be compared with earlier ones.
  static let quiet = HostConditions(isShared: false)
}

extension Stage {
  /// From now on no unit does first what is to be measured.
  func keepUnitsFromAttaching() throws {
    try instance.check(["rm", "/usr/lib/systemd/system/eni-init-attach@.service"])
  }

  /// The second ENI is plugged in, and held.
  func plugUnconfigured() throws {
    try plug(second, as: "ens6")
    try instance.check(["udevadm", "settle"])
  }

  /// As if the second ENI had never been there.
  func forget() throws {
    try unplug(second)
    try shell("rm -f /etc/systemd/network/05-* \(records)/\(second.mac)")
  }

  /// Attaches `count` ENIs of ten addresses each, and waits until all are routed.
  func plug(many count: Int) throws {
    for number in 1...count {
      let subnet = "10.\(number).0"
      let addresses = (10..<20).compactMap { IPAddress("\(subnet).\($0)") }
      guard let block = IPPrefix("\(subnet).0/24"),
        let part = NetworkInterface.Addresses(subnet: block, addresses: addresses)
      else { continue }
      var eni = try SimulatedENI(
        mac: "02:00:00:00:01:" + (number < 16 ? "0" : "") + String(number, radix: 16),
        device: number
      )
      eni.ipv4 = part
      try plug(eni, as: "ens10\(number)")
    }
    try Condition.wait(until: "all are routed", within: .seconds(300)) {
      try shell("eni-init status").split(separator: "\n").count { $0.hasSuffix("routed") } == count
    }
    try waitUntilIdle(within: .seconds(120))
  }

  /// Puts `count` routes by the primary into main, as a routing daemon does.
  func fillMain(with count: Int) throws {
    try shell(
      """
      awk 'BEGIN { for (i = 0; i < \(count); i++) printf \
        "route add %d.%d.%d.0/24 via 10.0.0.1 dev ens5 proto bird\\n", \
        16 + i / 65536, i / 256 % 256, i % 256 }' | ip -batch -
      """
    )
  }

  /// How many processes an attach of a new ENI starts.
  func childrenOfAttach() throws -> Int {
    try plugUnconfigured()
    return try children(of: ["eni-init", "attach", "ens6"])
  }

  /// How many processes a program starts.
  func children(of words: [String]) throws -> Int {
    try instance.check(
      ["strace", "-f", "-qq", "-e", "trace=exit_group", "-o", "/run/trace"] + words
    )
    // One line for each process that ended, the last of them the first of all.
    return try shell("grep -c 'exit_group(' /run/trace").split(separator: "\n").first
      .flatMap { Int($0) }.map { $0 - 1 } ?? -1
  }
}
