// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// Files of an administrator that have the name of a generated one.
  @Suite("Files without the header", .serialized)
  struct OwnershipTests {
    @Test(
      "an ENI whose file would replace another one stays held, with the reason",
      arguments: [
        "/etc/systemd/network/05-eni-init-nic1.network",
        "/etc/iproute2/rt_tables.d/eni-init-nic1.conf",
      ]
    )
    func hotPlugged(path: String) throws {
      let stage = try Stage.withUs()
      try stage.instance.write(path, content: "# mine\n")
      try stage.plug(stage.second, as: "ens6")
      try Condition.wait(until: "the attach has ended", within: .seconds(30)) {
        try stage.instance.journal().contains(".service: status 65")
      }
      let journal = try stage.instance.journal()
      #expect(journal.contains("\(path) does not begin with the header of eni-init"), "\(journal)")
      #expect(journal.contains("All was undone: the ENI is held again"), "\(journal)")
      #expect(try stage.shell("cat \(path)") == "# mine\n")
      #expect(try stage.shell("ip -oneline link show ens6").contains("state DOWN"))
      try stage.shell("rm \(path); eni-init attach ens6")
      try stage.waitUntilRouted(stage.second)
    }

    @Test("a live ENI keeps its configuration when its file loses the header")
    func live() throws {
      let stage = try Stage.routed()
      let path = "/etc/iproute2/rt_tables.d/eni-init-nic1.conf"
      try stage.instance.write(path, content: "10001 mine\n")
      let state = try stage.state()
      let refresh = try stage.instance.run(["eni-init", "refresh"])
      #expect(refresh.status == 65 && refresh.errors.contains(path), "\(refresh)")
      #expect(try stage.state() == state)
      try stage.shell("rm \(path); eni-init refresh")
      #expect(try stage.shell("cat \(path)").contains("nic1"))
    }

    @Test("a refresh gives a file its mode back")
    func mode() throws {
      let stage = try Stage.routed()
      let path = "/etc/systemd/network/05-eni-init-nic1.network"
      try stage.shell("chmod 666 \(path); eni-init refresh")
      #expect(try stage.shell("stat --format %a \(path)") == "644\n")
    }
  }
}
