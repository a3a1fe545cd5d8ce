// SPDX-License-Identifier: Apache-2.0
import NetworkModel
import Planning
import Rendering
import TestSupport
import Testing

@Suite("systemd-networkd files")
struct NetworkdRendererTests {
  private static let netplan = "/run/systemd/network/10-netplan-ens5.network"

  private func primaryFile(besides stackFile: String = netplan) throws -> ConfigFile {
    try RendererTests.primaryFile(.networkd, besides: stackFile)
  }

  @Test(
    "the drop-in lies in /etc, wherever the file is that it adds to",
    arguments: ["/etc/systemd/network/", "/run/systemd/network/", "/usr/lib/systemd/network/"]
  )
  func primaryPath(directory: String) throws {
    #expect(
      try primaryFile(besides: directory + "80-ec2.network").path
        == "/etc/systemd/network/80-ec2.network.d/eni-init-primary.conf"
    )
  }

  @Test("the primary's addresses are read back from its drop-in, and from nothing else in it")
  func primaryAddresses() throws {
    let content = try primaryFile().content
    #expect(
      NetworkdRenderer().primaryAddresses(in: content).map(\.description)
        == ["10.0.0.20/32", "10.0.0.21/32", "2600:1f14:1:2::b/128"]
    )
    let edited = """
      # Address=10.0.0.1/32
      Address=10.0.0.2
      Address=10.0.0.3/32 10.0.0.4/32
      Address=../../etc/passwd
      Gateway=10.0.0.5/32
      Address=10.0.0.6/32
      """
    #expect(
      NetworkdRenderer().primaryAddresses(in: edited).map(\.description) == ["10.0.0.6/32"]
    )
  }

  @Test(
    "in a first boot exactly what the golden tree says is held",
    arguments: [("first-boot", nil), ("first-boot-candidate", "ens5")] as [(String, String?)]
  )
  func firstBoot(name: String, candidate: String?) throws {
    let candidate = candidate.flatMap { InterfaceName($0) }
    let file = try #require(NetworkdRenderer().firstBootHold(except: candidate))
    #expect(try GoldenTree("\(name)/networkd").differences(from: [file]) == [])
  }

  @Test("every directory of drop-ins is looked through for the primary's")
  func ownedFiles() throws {
    var listed: [String] = []
    let kinds = try NetworkdRenderer().ownedFiles { directory in
      listed.append(directory)
      return [
        "05-eni-init-nic1.network", "10-netplan-ens5.network.d", "80-ec2.network.d", "ens5.link.d",
      ]
    }
    #expect(listed == ["/etc/systemd/network"])
    #expect(kinds.first == NetworkdRenderer.networkFiles)
    let dropIns = kinds.filter(\.isForPrimary)
    #expect(
      dropIns.map(\.directory) == [
        "/etc/systemd/network/10-netplan-ens5.network.d", "/etc/systemd/network/80-ec2.network.d",
      ]
    )
    let file = try primaryFile()
    #expect(dropIns.first?.path("") == file.path)
    let name = try #require(file.path.split(separator: "/").last.map(String.init))
    #expect(dropIns.allSatisfy { $0.contains(name: name, content: file.content) })
    #expect(dropIns.allSatisfy { !$0.contains(name: "mine.conf", content: file.content) })
    #expect(dropIns.allSatisfy { !$0.contains(name: name, content: "[Network]\n") })
  }

  @Test("without drop-ins there are the ENIs' own files alone")
  func noDropIns() throws {
    let kinds = try NetworkdRenderer().ownedFiles { _ in [] }
    #expect(
      kinds.map(\.directory) == [
        "/etc/systemd/network", "/etc/iproute2/rt_tables.d", "/etc/eni-init/container-ports",
      ]
    )
  }

  @Test("every file sorts before netplan's and the hold, which must lose")
  func order() {
    let path = NetworkdRenderer.networkFiles.path("nic1c31")
    #expect(path < "/etc/systemd/network/06-eni-init-hold.network")
    #expect(path < "/etc/systemd/network/10-netplan-all-en.network")
    // networkd orders by name alone, whatever the directory.
    let hold = NetworkdRenderer().firstBootHold(except: nil)?.path.split(separator: "/").last
    #expect(hold.map { path < "/etc/systemd/network/\($0)" } == true)
    #expect(hold.map { $0 < "10-netplan-all-en.network" } == true)
  }
}
