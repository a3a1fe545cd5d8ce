// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NetworkModel
import TestSupport
import Testing

@Suite("Facts of the host")
struct HostFactsTests {
  @Test(
    "the instance id comes from DMI, and only a well-formed one counts",
    arguments: [
      ("i-0123456789abcdef0\n", "i-0123456789abcdef0"), ("i-12345678", "i-12345678"),
      ("Not Specified\n", nil), ("", nil), ("i-../../etc\n", nil), ("i-0123456789abcdef0 x\n", nil),
    ] as [(String, String?)]
  )
  func identity(content: String, id: String?) throws {
    let root = try TemporaryRoot()
    try root.write(content, to: HostIdentity.path)
    #expect(try HostIdentity.instanceID(FileStore(root: root.path))?.text == id)
  }

  @Test("a hypervisor that shows nothing gives no identity, and no error")
  func noIdentity() throws {
    #expect(try HostIdentity.instanceID(FileStore(root: try TemporaryRoot().path)) == nil)
  }

  @Test(
    "IPv6 counts when it is in the kernel and on for new interfaces",
    arguments: [("0\n", true), ("1\n", false), (nil, false)] as [(String?, Bool)]
  )
  func families(content: String?, hasIPv6: Bool) throws {
    let root = try TemporaryRoot()
    if let content { try root.write(content, to: "/proc/sys/net/ipv6/conf/default/disable_ipv6") }
    let spoken = try HostFamilies.spoken(FileStore(root: root.path))
    #expect(spoken == (hasIPv6 ? [.ipv4, .ipv6] : [.ipv4]))
  }

  @Test(
    "netplan's names of links are read from its files, and from them alone",
    arguments: [
      ("10-netplan-ens6.link", "[Match]\nPermanentMACAddress=\(mac)\n[Link]\nName=ens6\n", "ens6"),
      ("10-netplan-ens6.link", "[Match]\nMACAddress=\(mac)\n[Link]\nName=ens6\n", "ens6"),
      ("10-netplan-ens6.link", "[Match]\nPermanentMACAddress=\(mac)\n[Link]\nMTUBytes=9001\n", nil),
      ("10-netplan-ens6.link", "[Match]\nOriginalName=ens6\n[Link]\nName=lan\n", nil),
      ("10-netplan-ens6.link", "[Match]\nPermanentMACAddress=\(mac)\n[Link]\nName=a/b\n", nil),
      ("10-netplan-ens6.link", "PermanentMACAddress=\(mac)\nName=ens6\n", nil),
      ("10-netplan-ens6.network", "[Match]\nPermanentMACAddress=\(mac)\n[Link]\nName=x\n", nil),
      ("99-mine.link", "[Match]\nPermanentMACAddress=\(mac)\n[Link]\nName=ens6\n", nil),
    ] as [(String, String, String?)]
  )
  func netplan(file: String, content: String, name: String?) throws {
    let root = try TemporaryRoot()
    #expect(try NetplanLink.all(FileStore(root: root.path)).isEmpty)
    try root.write(content, to: "/run/systemd/network/\(file)")
    let links = try NetplanLink.all(FileStore(root: root.path))
    let mac = try #require(MACAddress(Self.mac))
    #expect(links.map(\.name.text) == [name].compactMap(\.self))
    #expect(links.allSatisfy { $0.mac == mac && $0.id == "ens6" })
  }

  private static let mac = "02:00:00:00:00:06"

  @Test("networkd's state of a link is read from where it publishes it")
  func networkd() throws {
    let root = try TemporaryRoot()
    let files = FileStore(root: root.path)
    let link = Fixture.link(1).index
    #expect(try NetworkdState(link, files) == nil)
    try root.write(
      "# This is private data. Do not parse.\nADMIN_STATE=configured\nNETWORK_FILE=/etc/x\n",
      to: "/run/systemd/netif/links/\(link)"
    )
    let state = try #require(try NetworkdState(link, files))
    #expect(state.administrativeState == "configured")
    #expect(state.networkFile == "/etc/x")
  }
}
