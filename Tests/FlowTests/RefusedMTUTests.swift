// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import NetworkModel
import TestSupport
import Testing

extension FlowTests {
  /// An ENI whose driver does not accept the MTU of the primary.
  @Suite("The kernel refuses the MTU of an ENI", .serialized)
  struct RefusedMTUTests {
    /// An object file with an XDP program that passes every packet, compressed. Its source:
    ///
    ///     __attribute__((section("xdp"), used)) int pass(void *c) { return 2; }
    ///     char l[] __attribute__((section("license"), used)) = "GPL";
    private static let program = """
      H4sICPBqC2sCA3gubwCrd/VxY2JkZIABRobvDAgeAvxAYjtASXagyi1AFhMQT4XKuQf4MOADGkDM
      wvDxP7o4OxALMTDD+QJItCBQBwzAWEzMDHolqRUlDAWJxcUMFSkFDDkMejk5ZbnxiSkpRcWZ6Qw5
      mcmpecWpDBV6yQx6xSVFJYlJQLoyF0RTDnSAmBmL+C4obYMmzoiFD8JsaOIOOOxjQePzENAvgCbO
      gcZXgOpH90MADvvQ3S8E0uvzPx9INSCL74DFD5Rmw6HfBEkNMoiA0glI+piQ3C8BjTsAoh5j+bgC
      AAA=
      """

    /// Limits the ENI to small packets, as such a program does: on the router's end of the pair, since a
    /// veth with one wants its peer's packets to fit into a page.
    private func limit(_ eni: SimulatedENI, on stage: Stage) throws {
      let device = try stage.cloud.vpc.device(of: eni.id)
      let file = "/tmp/eni-init-pass-\(device).o"
      try Program(["sh", "-c", "base64 -d | gunzip >\(file)"]).run(input: Self.program)
      try Program([
        "sh", "-c", "ip link set dev \(device) xdp obj \(file) sec xdp; s=$?; rm \(file); exit $s",
      ]).run()
    }

    private func expectLimited(_ stage: Stage, _ moment: Comment) throws {
      for text in ["10.0.1.10", "10.0.1.11"] {
        let report = try stage.cloud.probeFromInternet(try #require(IPAddress(text)))
        #expect(report.isLossless, "\(moment): \(text): \(report)")
      }
      let mtu = try #require(Int(try stage.shell("cat /sys/class/net/nic1/mtu").dropLast()))
      #expect(mtu < 9001, moment)
      let refresh = try stage.instance.run(["eni-init", "refresh"])
      #expect(refresh.status == 0 && refresh.errors.isEmpty, "\(moment): \(refresh)")
      let check = try stage.instance.run(["eni-init", "check"])
      #expect(check.status == 1 && check.output.contains("mtu on nic1"), "\(moment): \(check)")
      let attach = try stage.instance.run(["eni-init", "attach", "nic1"])
      #expect(attach.status == 0 && attach.errors.isEmpty, "\(moment): \(attach)")
    }

    @Test(
      "an ENI that comes is configured without it, with one warning",
      arguments: BorrowedMAC.images
    )
    func hotPlugged(_ image: StackTests.Image) throws {
      let stage = try Stage.withUs(image: image.image)
      try stage.shell("ip link set ens5 mtu 9001")
      // Time for the limit, before the program learns what the ENI is.
      stage.cloud.imds.refuseConnections(for: .seconds(2))
      try stage.plug(stage.second, as: "ens6")
      try limit(stage.second, on: stage)
      try stage.waitUntilRouted(stage.second)
      let journal = try stage.instance.journal()
      #expect(journal.split(separator: "\n").count { $0.contains("<4>nic1 has an MTU of") } == 1)
      #expect(!journal.contains("<3>"), "\(journal)")
      try expectLimited(stage, "attached")
      let device = try stage.cloud.vpc.device(of: stage.second.id)
      try Program(["ip", "link", "set", "dev", device, "xdp", "off"]).run()
      try stage.shell("eni-init refresh")
      #expect(try stage.shell("cat /sys/class/net/nic1/mtu") == "9001\n")
      #expect(try stage.instance.run(["eni-init", "check"]).status == 0)
    }

    @Test("an ENI that is live keeps its addresses, with one warning")
    func live() throws {
      let stage = try Stage.routed()
      try stage.shell("ip link set nic1 mtu 1400")
      try limit(stage.second, on: stage)
      let refresh = try stage.instance.run(["eni-init", "refresh"])
      #expect(refresh.status == 0, "\(refresh)")
      #expect(refresh.errors.contains("nic1 has an MTU of 1400 instead of 9001"), "\(refresh)")
      #expect(refresh.errors.contains("mtu greater than device maximum"), "\(refresh)")
      #expect(refresh.errors.split(separator: "\n").count == 1, "\(refresh)")
      try expectLimited(stage, "live")
    }
  }
}
