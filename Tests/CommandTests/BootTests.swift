// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import TestSupport
import Testing

@Suite("Boot, on a tree of files")
struct BootTests {
  private let root: TemporaryRoot
  private let own = "/etc/eni-init/instances/i-0123456789abcdef0"
  private let other = "/etc/eni-init/instances/i-0fedcba9876543210"
  private let header = """
    # Written by eni-init(8); changes here are lost.
    # Instance i-0123456789abcdef0

    """

  init() throws {
    root = try TemporaryRoot()
  }

  private func boot() throws -> Program.Result {
    try Program([BuiltProduct.path("eni-init"), "boot", "--root", root.path]).result()
  }

  private func identify(_ text: String = "i-0123456789abcdef0\n") throws {
    try root.write(text, to: "/sys/class/dmi/id/board_asset_tag")
    try root.write("", to: "/run/eni-init/lock")
  }

  /// Puts the primary on record: without it boot looks at the machine's own links too.
  private func arm() throws {
    try root.write("ENI_INIT_ROLE=primary\n", to: own + "/02:00:00:00:00:05")
  }

  private func network(_ name: String) -> String {
    "/etc/systemd/network/05-eni-init-\(name).network"
  }

  @Test("records and files of another instance go, those of this one stay")
  func foreign() throws {
    try identify()
    try arm()
    try root.write(
      "ENI_INIT_ROLE=secondary\nENI_INIT_NAME=nic1\n",
      to: own + "/02:00:00:00:00:06"
    )
    try root.write(
      "ENI_INIT_ROLE=secondary\nENI_INIT_NAME=nic2\n",
      to: other + "/02:00:00:00:00:07"
    )
    for name in ["nic1", "nic2"] { try root.write(header, to: network(name)) }
    try root.write(header + "10002\tnic2\n", to: "/etc/iproute2/rt_tables.d/eni-init-nic2.conf")
    let result = try boot()
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      root.files
        == [
          own + "/02:00:00:00:00:05", own + "/02:00:00:00:00:06",
          "/etc/systemd/network/05-eni-init-nic1.network",
          "/run/eni-init/lock", "/sys/class/dmi/id/board_asset_tag",
        ].sorted()
    )
    #expect(result.errors.contains("i-0fedcba9876543210"))
    let second = try boot()
    #expect(second.status == 0)
    #expect(second.errors.isEmpty, "a second run changes nothing and says nothing")
  }

  @Test("files that look like ours and are not stay")
  func lookAlikes() throws {
    try identify()
    try arm()
    try root.write("[Match]\nName=x\n", to: network("nic1"))
    try root.write(header, to: "/etc/systemd/network/05-mine.network")
    try root.write("[Network]\n", to: network("nic1") + ".d/mine.conf")
    let copies = [
      network("nic1-mine"), network("nic1.copy2"),
      "/etc/systemd/network/10-netplan-ens5.network.d/eni-init-primary-mine.conf",
    ]
    for path in copies { try root.write(header, to: path) }
    #expect(try boot().status == 0)
    for path in copies { #expect(root.read(path) != nil, "\(path)") }
    #expect(root.read(network("nic1")) != nil)
    #expect(root.read("/etc/systemd/network/05-mine.network") != nil)
  }

  @Test("a file of a former NamePrefix= goes", arguments: ["nic1", "old2c1", "eni-7"])
  func formerPrefix(name: String) throws {
    try identify()
    try arm()
    try root.write(header, to: network(name))
    #expect(try boot().status == 0)
    #expect(root.read(network(name)) == nil)
  }

  @Test("a file that was written for another instance goes, also where an ENI has its name")
  func foreignFile() throws {
    try identify()
    try arm()
    let foreign = header.replacing("i-0123456789abcdef0", with: "i-0fedcba9876543210")
    let tables = ["nic1", "nic2", "nic3"].map { "/etc/iproute2/rt_tables.d/eni-init-\($0).conf" }
    for (number, content) in [header, foreign, String(header.prefix { $0 != "\n" })].enumerated() {
      let name = "nic\(number + 1)"
      let record = "ENI_INIT_ROLE=secondary\nENI_INIT_NAME=\(name)\n"
      try root.write(record, to: own + "/02:00:00:00:00:0\(number + 6)")
      try root.write(content, to: network(name))
      try root.write(content, to: tables[number])
    }
    let result = try boot()
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      root.files.filter { $0.contains("nic") } == [tables[0], network("nic1")].sorted()
    )
    #expect(root.files.filter { $0.hasPrefix(own) }.count == 4)
    for name in ["nic2", "nic3"] { #expect(result.errors.contains(network(name)), "\(name)") }
  }

  @Test("of the primary's drop-ins that of this instance stays, and what is not ours")
  func primaryDropIn() throws {
    try identify()
    try arm()
    let directory = "/etc/systemd/network/10-netplan-ens5.network.d/"
    let former = "/etc/systemd/network/10-netplan-eth0.network.d/"
    let name = "eni-init-primary.conf"
    try root.write(header + "\n[Address]\nAddress=10.0.0.20/32\n", to: directory + name)
    let foreign = header.replacing("i-0123456789abcdef0", with: "i-0fedcba9876543210")
    try root.write(foreign + "\n[Address]\nAddress=10.9.0.20/32\n", to: former + name)
    for file in [directory + "mine.conf", former + "mine.conf"] {
      try root.write("[Network]\n", to: file)
    }
    let result = try boot()
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      root.files.filter { $0.hasPrefix("/etc/systemd") }
        == [former + "mine.conf", directory + name, directory + "mine.conf"].sorted()
    )
    #expect(result.errors.contains(former + name))
    #expect(try boot().errors.isEmpty)
  }

  @Test(
    "a file of cloud-init that does not serve is reported with the reason",
    arguments: [
      ("{", "names no EC2 instance id"), ("{}", "names no EC2 instance id"),
      (
        #"{"ds": {"meta_data": {"instance-id": "i-0fedcba9876543210", "mac": "02:00:00:00:00:05"}}}"#,
        "describes i-0fedcba9876543210"
      ),
    ]
  )
  func metadataRefused(content: String, reason: String) throws {
    try identify()
    try arm()
    try root.write(content, to: "/run/cloud-init/instance-data.json")
    let result = try boot()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("/run/cloud-init/instance-data.json is not used"))
    #expect(result.errors.contains(reason))
  }

  @Test("a stanza for the primary goes, which keeps a helper of the image from giving it DHCP")
  func retiredStanza() throws {
    try identify()
    try arm()
    let directory = "/etc/network/interfaces.d/"
    try root.write(header + "\niface ens5 inet manual\n", to: directory + "eni-init_primary")
    try root.write("iface ens5 inet dhcp\n", to: directory + "eni-init_primary_mine")
    try root.write("#!/bin/sh\n" + header, to: "/etc/network/if-up.d/eni-init-primary")
    let result = try boot()
    #expect(result.errors.contains(directory + "eni-init_primary"))
    #expect(
      root.files.filter { $0.hasPrefix("/etc/network") }
        == ["/etc/network/if-up.d/eni-init-primary", directory + "eni-init_primary_mine"]
    )
  }

  @Test("outside EC2 a refresh has nothing to do, which is no failure")
  func refreshWithoutIdentity() throws {
    let root = try TemporaryRoot()
    let result = try Program([BuiltProduct.path("eni-init"), "refresh", "--root", root.path])
      .result()
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
  }

  @Test(
    "without an instance id nothing is removed, and the reason is said",
    arguments: ["", "Not Specified\n", "i-../../x\n"]
  )
  func noIdentity(text: String) throws {
    try identify(text)
    try root.write("ENI_INIT_ROLE=primary\n", to: other + "/02:00:00:00:00:05")
    let before = root.files
    let result = try boot()
    #expect(result.status == 0)
    #expect(result.errors.contains("instance id"))
    #expect(root.files == before)
  }

  @Test("a damaged record of this instance stops the run before anything is removed")
  func damaged() throws {
    try identify()
    try root.write("garbage", to: own + "/02:00:00:00:00:06")
    try root.write("ENI_INIT_ROLE=primary\n", to: other + "/02:00:00:00:00:05")
    try root.write(header, to: network("nic9"))
    let before = root.files
    let result = try boot()
    #expect(result.status == 65)
    #expect(result.errors.contains("02:00:00:00:00:06"))
    #expect(root.files == before)
  }
}
