// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel

/// Hot-plugs an ENI into an instance in a box, without eni-init and with it, and shows what happens.
///
/// The instance runs the machine's own systemd-udevd and systemd-networkd in namespaces; the VPC
/// drops what leaves by the wrong ENI, as EC2's does.
@main
struct Demo {
  private let stage: Stage

  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      FileHandle.standardError.write(Data("usage: eni-init-demo PATH-OF-ENI-INIT\n".utf8))
      exit(64)
    }
    let program = URL(fileURLWithPath: CommandLine.arguments[1]).path
    try Demo(stage: try Stage(program: nil)).withoutUs()
    try Demo(stage: try Stage(program: program)).withUs()
  }

  /// The image alone: DHCP on every link, as it comes.
  private func withoutUs() throws {
    heading("Without eni-init: the image runs DHCP on whatever appears")
    try stage.plug(stage.second, as: "ens6")
    try Condition.wait(until: "the second ENI has an address", within: .seconds(30)) {
      try stage.shell("ip -o -4 address show").contains("10.0.1.10")
    }
    print(indented(try stage.shell("ip -4 route show table main default")))
    print("  Two default routes; each address answers, or not:")
    try printAnswers()
    try printWire()
    stage.close()
  }

  /// The same with the package.
  private func withUs() throws {
    heading("With eni-init: the same ENI, hot-plugged")
    let routes = try stage.shell("ip route show table main default")
    let clock = ContinuousClock()
    let start = clock.now
    try stage.plug(stage.second, as: "ens6")
    try Timeline(stage: stage, start: start).follow()

    heading("What is on disk: /etc/systemd/network/05-eni-init-nic1.network")
    print(indented(try stage.shell("cat /etc/systemd/network/05-eni-init-nic1.network")))
    heading("What is in the kernel")
    print(indented(try stage.shell("ip rule; echo; ip route show table nic1")))
    heading("What answers")
    try printAnswers()
    try printWire()
    let isKept = try stage.shell("ip route show table main default") == routes
    print("  main's default route: \(isKept ? "as it was" : "CHANGED")")
    heading("eni-init status")
    print(indented(try stage.shell("eni-init status")))
    stage.close()
  }

  private func printAnswers() throws {
    for (address, name) in [("10.0.0.10", "primary"), ("10.0.1.10", "second")] {
      for (host, report) in try probes(of: address) {
        let answer = report.replies == report.sent ? "answers" : "LOST"
        print("    \(address) (\(name)) from \(host): \(report.replies)/\(report.sent) \(answer)")
      }
    }
  }

  private func probes(of text: String) throws -> [(host: String, report: ProbeReport)] {
    guard let address = IPAddress(text), let subnet = IPPrefix("10.0.0.0/24") else { return [] }
    let neighbor = try stage.cloud.vpc.neighbor(in: subnet)
    return [
      ("the internet", try stage.cloud.probeFromInternet(address)),
      ("the primary's subnet", try neighbor.namespace.probe(address)),
    ]
  }

  private func printWire() throws {
    let drops = try [stage.primary, stage.second].map {
      try stage.cloud.vpc.sourceCheckDrops(of: $0.id).total
    }
    print("  dropped by the VPC's source check: \(drops.reduce(0, +))")
    let packets = try stage.cloud.vpc.dhcpPackets(of: stage.second.id)
    print("  DHCP packets from the second ENI: \(packets.count)")
  }

  private func heading(_ text: String) { print("\n\(text)\n") }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map { "    " + $0 }.joined(separator: "\n")
  }
}
