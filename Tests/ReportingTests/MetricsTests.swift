// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Foundation
import NetworkModel
import Reporting
import TestSupport
import Testing

@Suite("Metrics for Prometheus")
struct MetricsTests {
  /// A primary, a routed ENI with two addresses and a prefix, and one that IMDS lists without a link.
  private func view(
    metadata: HostView.Metadata = .answered,
    refusal: String? = nil
  ) throws -> HostView {
    let interface = Fixture.interface(
      1,
      device: 1,
      ipv4: ("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"], ["10.0.1.16/28"])
    )
    var kernel = KernelState()
    kernel.links = [Fixture.link(0), Fixture.link(1, name: "nic1")]
    kernel.addresses = try [
      (2, "10.0.0.10/24"), (3, "10.0.1.10/24"), (3, "10.0.1.11/32"), (3, "fe80::1/64"),
    ].map { index, prefix in
      .init(link: try #require(Link.Index(index)), prefix: try #require(IPPrefix(prefix)))
    }
    func eni(
      _ role: InterfaceRecord.Role,
      _ mac: Int,
      _ told: ENIView.Told,
      _ drift: [Drift] = []
    ) -> ENIView {
      ENIView(
        role: role,
        mac: Fixture.mac(mac),
        told: told,
        drift: drift,
        namePrefix: "nic",
        kernel: kernel
      )
    }
    return HostView(
      instance: Fixture.instance,
      stack: .networkd,
      kernel: kernel,
      metadata: metadata,
      refusal: refusal,
      enis: [
        eni(.primary, 0, .nothing),
        eni(.secondary, 1, .settled(interface), [.file("/etc/a"), .file("/etc/b")]),
        eni(.secondary, 2, .unsettled("no id")),
      ]
    )
  }

  private static let golden = """
    # HELP eni_init_info The program, the instance, and the network stack that files are written for.
    # TYPE eni_init_info gauge
    eni_init_info{version="1.2.3",stack="networkd",instance_id="i-0123456789abcdef0"} 1
    # HELP eni_init_last_look_timestamp_seconds When all of this was looked at.
    # TYPE eni_init_last_look_timestamp_seconds gauge
    eni_init_last_look_timestamp_seconds 1795289110
    # HELP eni_init_imds_up Whether the instance metadata service has answered everything.
    # TYPE eni_init_imds_up gauge
    eni_init_imds_up 1
    # HELP eni_init_enabled Whether ENIs are configured; 0 by a setting, or where a container plugin owns them.
    # TYPE eni_init_enabled gauge
    eni_init_enabled 1
    # HELP eni_init_eni_state The state of an ENI: 1 for the one it is in, 0 for the others.
    # TYPE eni_init_eni_state gauge
    eni_init_eni_state{interface="ens5",eni="",mac="02:00:00:00:00:00",state="primary"} 1
    eni_init_eni_state{interface="ens5",eni="",mac="02:00:00:00:00:00",state="routed"} 0
    eni_init_eni_state{interface="ens5",eni="",mac="02:00:00:00:00:00",state="held"} 0
    eni_init_eni_state{interface="ens5",eni="",mac="02:00:00:00:00:00",state="drifted"} 0
    eni_init_eni_state{interface="ens5",eni="",mac="02:00:00:00:00:00",state="ignored"} 0
    eni_init_eni_state{interface="ens5",eni="",mac="02:00:00:00:00:00",state="absent"} 0
    eni_init_eni_state{interface="ens5",eni="",mac="02:00:00:00:00:00",state="unknown"} 0
    eni_init_eni_state{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01",state="primary"} 0
    eni_init_eni_state{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01",state="routed"} 0
    eni_init_eni_state{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01",state="held"} 0
    eni_init_eni_state{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01",state="drifted"} 1
    eni_init_eni_state{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01",state="ignored"} 0
    eni_init_eni_state{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01",state="absent"} 0
    eni_init_eni_state{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01",state="unknown"} 0
    eni_init_eni_state{interface="",eni="",mac="02:00:00:00:00:02",state="primary"} 0
    eni_init_eni_state{interface="",eni="",mac="02:00:00:00:00:02",state="routed"} 0
    eni_init_eni_state{interface="",eni="",mac="02:00:00:00:00:02",state="held"} 0
    eni_init_eni_state{interface="",eni="",mac="02:00:00:00:00:02",state="drifted"} 0
    eni_init_eni_state{interface="",eni="",mac="02:00:00:00:00:02",state="ignored"} 0
    eni_init_eni_state{interface="",eni="",mac="02:00:00:00:00:02",state="absent"} 1
    eni_init_eni_state{interface="",eni="",mac="02:00:00:00:00:02",state="unknown"} 0
    # HELP eni_init_eni_drift In how many ways an ENI is not as it shall be.
    # TYPE eni_init_eni_drift gauge
    eni_init_eni_drift{interface="ens5",eni="",mac="02:00:00:00:00:00"} 0
    eni_init_eni_drift{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01"} 5
    eni_init_eni_drift{interface="",eni="",mac="02:00:00:00:00:02"} 0
    # HELP eni_init_eni_addresses Addresses that the kernel has on an ENI, link-local ones left out.
    # TYPE eni_init_eni_addresses gauge
    eni_init_eni_addresses{interface="ens5",eni="",mac="02:00:00:00:00:00"} 1
    eni_init_eni_addresses{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01"} 2
    eni_init_eni_addresses{interface="",eni="",mac="02:00:00:00:00:02"} 0
    # HELP eni_init_eni_delegated_prefixes Prefixes delegated to an ENI; left out while IMDS does not tell.
    # TYPE eni_init_eni_delegated_prefixes gauge
    eni_init_eni_delegated_prefixes{interface="nic1",eni="eni-10000001",mac="02:00:00:00:00:01"} 1

    """

  @Test("are these, for three ENIs")
  func text() throws {
    let text = MetricsReport(try view(), version: "1.2.3", time: 1_795_289_110).text
    // Two files, two addresses without a rule, and no default route.
    #expect(text == Self.golden)
    #expect(ExpositionFormat(text).faults.isEmpty)
  }

  @Test("say that IMDS does not answer, and that nothing is done")
  func refused() throws {
    let view = try view(metadata: .failed("connection refused"), refusal: "Enabled=no")
    let text = MetricsReport(view, version: "1.2.3", time: 0.5).text
    #expect(text.contains("\neni_init_imds_up 0\n"))
    #expect(text.contains("\neni_init_enabled 0\n"))
    #expect(text.contains("\neni_init_last_look_timestamp_seconds 0.5\n"))
    #expect(ExpositionFormat(text).faults.isEmpty)
  }

  @Test("a label may hold any text")
  func escaping() throws {
    let text = MetricsReport(try view(), version: "a\"b\\c\nd\r\ne", time: 0).text
    #expect(text.contains(#"version="a\"b\\c\nd\ne""#), "\(text.prefix(200))")
    #expect(ExpositionFormat(text).faults.isEmpty)
  }

  @Test(
    "a fault of the format is found",
    arguments: [
      "x 1\n", "# HELP x y\n", "# HELP x y\n# TYPE x gauge\nx 1", "# HELP x y\n# TYPE x gauge\nx\n",
      "# HELP x y\n# TYPE x gauge\nx 1\nx 1\n",
      "# HELP x_total y\n# TYPE x_total gauge\nx_total 1\n",
      "# HELP x y\n# TYPE x gauge\nx{a=\"b\"c\"} 1\n",
      "# HELP x y\n# TYPE x gauge\nx{a=\"b\",} 1\n",
      "# HELP xY y\n# TYPE xY gauge\n", "# HELP x y\n# TYPE x gauge\nx{a=\"\",a=\"\"} 1\n",
    ]
  )
  func faults(text: String) {
    #expect(!ExpositionFormat(text).faults.isEmpty)
  }

  private static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test("have nothing that promtool complains about, where it is installed")
  func promtool() throws {
    guard let promtool = Self.promtool else {
      return print("promtool is not installed (package prometheus): only our own check was made")
    }
    let text = MetricsReport(try view(), version: "1.2.3", time: 1_795_289_110).text
    let result = try Program([promtool, "check", "metrics"]).result(input: text)
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
  }
}
