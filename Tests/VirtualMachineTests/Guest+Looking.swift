// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import Testing

// What a test asks of a guest, and what it expects in every one.
extension Guest {
  /// Waits until an address of the second ENI answers an echo request from the internet, the primary has
  /// its default route, and networkd, where it runs, is done with the ENI: it sets addresses before rules.
  func waitUntilAnswering() throws {
    let address = try #require(second.addresses.first)
    do {
      try Condition.wait(until: "\(address) answers", within: .seconds(120)) {
        try cloud.probeFromInternet(address, count: 1).isLossless
      }
      // Its lease sets an address first and the route after it; in between, main has no answer.
      try Condition.wait(until: "the primary has its default route", within: .seconds(120)) {
        try !mainDefaultRoutes().isEmpty
      }
      try Condition.wait(until: "networkd is done with nic1", within: .seconds(120)) {
        try machine.result(
          of: """
            ! systemctl --quiet is-active systemd-networkd.service ||
              grep -qxE 'ADMIN_STATE=(configured|unmanaged)' \
                /run/systemd/netif/links/$(cat /sys/class/net/nic1/ifindex)
            """
        ).status == 0
      }
    } catch {
      throw Condition.Unmet("\(error)\n\(try diagnosis())")
    }
  }

  /// Waits until no run that an event started is left.
  ///
  /// Only where IMDS answers: without it a run for an ENI that udev does not know yet goes on.
  func waitUntilIdle() throws {
    do {
      try Condition.wait(until: "no run is left", within: .seconds(120)) {
        try machine.run("systemctl list-units --no-legend --state=activating 'eni-init*'").isEmpty
      }
    } catch {
      throw Condition.Unmet("\(error)\n\(try diagnosis())")
    }
  }

  /// What systemctl(1) calls the host, once nothing is left of its boot to be started.
  @discardableResult
  func stateAfterBoot() throws -> String {
    try machine.result(of: "systemctl is-system-running --wait", within: .seconds(300)).output
  }

  /// Does what the timer does every minute.
  func refresh() throws {
    try machine.run("systemctl start eni-init-refresh.service", within: .seconds(120))
  }

  /// The default routes of the main table.
  func mainDefaultRoutes() throws -> String {
    try machine.run("ip route show table main default")
  }

  /// What a unit's run said in this boot.
  func journal(of unit: String) throws -> String {
    try machine.run("journalctl -b --no-pager -o short-monotonic -u '\(unit)'")
  }

  /// A moment in the life of a unit, in microseconds since the boot: a property of systemd(1).
  func moment(_ property: String, of unit: String) throws -> Int {
    let text = try machine.run("systemctl show --value -p \(property)TimestampMonotonic \(unit)")
    return try #require(Int(text.split(separator: "\n").joined()))
  }

  /// Owners, modes and content of what the image's own stack has in `/run/systemd/network`; the
  /// directory's are those of the package's units too.
  func networkFilesOfTheImage() throws -> String {
    try machine.run(
      """
      cd /run/systemd/network 2>/dev/null || exit 0
      find . -name '*netplan*' -exec stat -c '%n %U:%G %a' {} + -exec md5sum {} + | sort
      """
    )
  }

  /// What to look at when something went wrong.
  func diagnosis() throws -> String {
    try machine.result(
      of: """
        eni-init status; ip -s address; ip rule; ip route show table all; ip neigh
        networkctl list; journalctl -b --no-pager -u 'eni-init*' | tail -40
        """
    ).output
  }

  /// Prints what the boot unit adds to the chain of units before the network, as
  /// `systemd-analyze critical-chain` counts it: a figure, since an emulated processor is slow.
  func printBootTime(_ moment: Comment) throws {
    let unit = "eni-init-boot.service"
    let start = try self.moment("InactiveExit", of: unit)
    let end = try self.moment("ActiveEnter", of: unit)
    print("\(image), \(moment): \(unit) +\((end - start) / 1000) ms at \(start / 1000) ms")
  }

  /// The second ENI is named, in `file` on disk, answering on all addresses from everywhere, and symmetric;
  /// of both families and by its Elastic IPs.
  func expectRouted(
    _ moment: Comment,
    file: String = "/etc/systemd/network/05-eni-init-nic1.network"
  ) throws {
    let dropped = try sourceCheckDrops()
    let subnets = [primary, second].compactMap(\.ipv4?.subnet)
    let neighbors = try subnets.map { try cloud.vpc.neighbor(in: $0).namespace }
    let internet = cloud.vpc.internet.namespace
    for address in second.addresses + primary.addresses.prefix(1) {
      for namespace in [internet] + neighbors { try expect(address, from: namespace, moment) }
    }
    let mapped = (primary.publicAddresses + second.publicAddresses).map(\.address)
    for address in mapped + (second.ipv6?.addresses ?? []) {
      try expect(address, from: internet, moment)
    }
    #expect(try sourceCheckDrops() == dropped, moment)
    let link = try machine.run("ip link show nic1")
    #expect(link.contains("group 10000") && link.contains("\(second.mac)"), moment)
    #expect(try machine.run("cat \(file)").contains("MAC \(second.mac)"), moment)
    #expect(try !mainDefaultRoutes().contains("nic1"), moment)
  }

  private func expect(_ address: IPAddress, from host: NetworkNamespace, _ moment: Comment) throws {
    // The emulator may stand still for a second on a busy machine.
    let report = try host.probe(address, timeout: .seconds(10))
    guard !report.isLossless else { return }
    Issue.record("\(moment): \(address) from \(host): \(report)\n\(try diagnosis())")
  }

  /// The second ENI is routed, has never asked for a lease, and what events have started is done.
  func expectAtRest(
    _ moment: Comment,
    file: String = "/etc/systemd/network/05-eni-init-nic1.network"
  ) throws {
    try waitUntilAnswering()
    try waitUntilIdle()
    try expectRouted(moment, file: file)
    try expectNoDHCP(moment)
    try expectRunning(moment)
  }

  /// What the VPC has dropped of both ENIs' packets because their source was not the ENI's.
  private func sourceCheckDrops() throws -> [SourceCheckDrops] {
    try [primary, second].map { try cloud.vpc.sourceCheckDrops(of: $0.id) }
  }

  /// It takes packets as large as the primary does.
  func expectSameMTU(_ moment: Comment) throws {
    let mtu = try machine.run("cat /sys/class/net/{\(primaryLink),nic1}/mtu")
    #expect(Set(mtu.split(separator: "\n")).count == 1, moment)
  }

  /// It has never asked for a lease.
  func expectNoDHCP(_ moment: Comment) throws {
    #expect(try cloud.vpc.dhcpPackets(of: second.id).isEmpty, moment)
  }

  /// All was done by eni-init-boot.service, and that had ended before anything about the network.
  func expectPreparedBeforeTheNetwork() throws {
    let journal = try journal(of: "eni-init-boot.service")
    #expect(journal.contains("\(second.id) is nic1: "))
    let prepared = try moment("ExecMainExit", of: "eni-init-boot.service")
    #expect(prepared > 0)
    let target = try moment("ActiveEnter", of: "network-pre.target")
    let networkd = try moment("ExecMainStart", of: "systemd-networkd.service")
    #expect(prepared <= target && prepared <= networkd)
  }

  /// A detach takes the second ENI's rules, and fails no unit.
  func expectDetached(_ moment: Comment) throws {
    try unplugSecond()
    try Condition.wait(until: "the rules are gone", within: .seconds(60)) {
      try !machine.run("ip rule; ip -6 rule").contains("10001")
    }
    try waitUntilIdle()
    try expectRunning(moment)
    let address = try #require(primary.addresses.first)
    #expect(try cloud.probeFromInternet(address).isLossless, moment)
  }

  /// systemd found no circle in the order of the units, one of which it would have left out.
  func expectNoCycle(_ moment: Comment) throws {
    let cycles = try machine.run(
      "journalctl -b --no-pager -o cat _PID=1 | grep -i 'ordering cycle' || true"
    )
    #expect(cycles.isEmpty, moment)
  }

  /// The host is `running`, as systemctl(1) has it: no unit of any package is failed.
  func expectRunning(_ moment: Comment) throws {
    let state = try stateAfterBoot()
    guard state != "running\n" else { return }
    let failures = try machine.result(
      of: """
        systemctl --no-pager --failed
        for unit in $(systemctl --failed --plain --no-legend | cut -d' ' -f1); do
          journalctl -b --no-pager -o short-monotonic -n 40 -u "$unit"
        done
        """
    )
    Issue.record("\(moment): the host is \(state)\(failures.output)")
  }
}

/// Runs one part of a guest's life.
///
/// A kernel that panics or whose processor stands still is the emulator's fault (see
/// VirtualMachineConfiguration): the part begins anew, twice at most. Nothing else is tried again.
func outlivingPanics<Value>(_ part: () throws -> Value) throws -> Value {
  for _ in 1...2 {
    do {
      return try part()
    } catch VirtualMachineError.panicked {
      continue
    }
  }
  return try part()
}
