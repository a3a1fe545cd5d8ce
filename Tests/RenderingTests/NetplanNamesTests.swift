// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Rendering
import TestSupport
import Testing

@Suite("ENIs' names for netplan")
struct NetplanNamesTests {
  @Test("each entry has the id of the other file's entry, a match of its own, and no DHCP")
  func text() throws {
    let mac = try #require(MACAddress("02:00:00:00:00:06"))
    let name = try #require(InterfaceName("nic1"))
    let entry = try #require(NetplanNames.Entry(id: "ens6", mac: mac, name: name))
    let file = NetplanNames.file(for: [entry])
    #expect(file.path == "/run/netplan/zz-eni-init-names.yaml" && file.mode == 0o600)
    #expect(
      file.content == """
        # Written by eni-init(8), for this boot.
        # ENIs by their names, which `netplan apply` would change.
        network:
          version: 2
          ethernets:
            "ens6":
              match:
                macaddress: "02:00:00:00:00:06"
              set-name: "nic1"
              optional: true
              dhcp4: false
              dhcp6: false

        """
    )
    #expect(NetplanNames.isOwn(file.content))
    #expect(!NetplanNames.isOwn("# Mine\n" + file.content))
  }

  @Test(
    "an id that netplan has changed for a file's name, or that YAML would read otherwise, is left out",
    arguments: ["a%3Ab", "a\"b", "a\\b", "a b", "a\nb", "ä"]
  )
  func refused(id: String) throws {
    let mac = try #require(MACAddress("02:00:00:00:00:06"))
    let name = try #require(InterfaceName("nic1"))
    #expect(NetplanNames.Entry(id: id, mac: mac, name: name) == nil)
  }
}
