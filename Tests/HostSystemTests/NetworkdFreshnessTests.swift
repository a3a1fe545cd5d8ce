// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import NetworkModel
import TestSupport
import Testing

@Suite("Whether networkd's view of its files is the disk's")
struct NetworkdFreshnessTests {
  private static let stackFile = "/run/systemd/network/10-netplan-ens5.network"
  private static let dropIns = "/etc/systemd/network/10-netplan-ens5.network.d"
  private static let runtimeDropIns = "/run/systemd/network/10-netplan-ens5.network.d"
  private static let invocation = "/run/systemd/units/invocation:systemd-networkd.service"
  private static let start = 1_000_000

  private let root: TemporaryRoot
  private let files: FileStore
  private let primary = Fixture.link(0).index

  /// A host on which networkd has started after all of its files were written.
  init() throws {
    root = try TemporaryRoot()
    files = FileStore(root: root.path)
    try configure(primary, by: Self.stackFile)
    try root.write("[Match]\n", to: Self.stackFile)
    for directory in [Self.dropIns, Self.runtimeDropIns] {
      try root.write("[Network]\n", to: directory + "/mine.conf")
    }
    try files.link(Self.invocation, to: "0123456789abcdef0123456789abcdef")
    for path in [Self.stackFile, Self.dropIns, Self.runtimeDropIns] { try age(path, -1) }
    for directory in [Self.dropIns, Self.runtimeDropIns] { try age(directory + "/mine.conf", -1) }
    try age(Self.invocation, 0)
  }

  private func configure(_ link: Link.Index, by file: String?) throws {
    let line = file.map { "NETWORK_FILE=\($0)\n" } ?? ""
    try root.write("ADMIN_STATE=configured\n" + line, to: "/run/systemd/netif/links/\(link)")
  }

  /// Makes a file this many seconds younger than networkd.
  private func age(_ path: String, _ seconds: Int) throws {
    let time = timespec(tv_sec: Self.start + seconds, tv_nsec: 0)
    let result = utimensat(AT_FDCWD, root.path + path, [time, time], AT_SYMLINK_NOFOLLOW)
    try #require(result == 0, "\(path)")
  }

  private func rewritten(besides link: Link.Index? = nil) throws -> [String] {
    try NetworkdFreshness.rewrittenFiles(besides: link, files)
  }

  @Test("what was written before networkd's start is known to it")
  func fresh() throws {
    #expect(try rewritten().isEmpty)
  }

  @Test(
    "a file or a directory of drop-ins that is younger than networkd is not",
    arguments: [stackFile, dropIns, runtimeDropIns]
  )
  func younger(path: String) throws {
    try age(path, 1)
    #expect(try rewritten() == [path])
  }

  @Test(
    "a drop-in that is written, replaced, edited or removed counts",
    arguments: [
      ("touch new.conf", ""), ("mv mine.conf new.conf", ""),
      ("touch .new && mv .new mine.conf", ""), ("rm mine.conf", ""),
      ("echo >>mine.conf", "/mine.conf"),
    ]
  )
  func dropIn(work: String, changed: String) throws {
    for directory in [Self.dropIns, Self.runtimeDropIns] {
      try Command("/bin/sh", ["-c", "cd \(root.path)\(directory) && \(work)"]).run()
      #expect(try rewritten().contains(directory + changed), "\(directory)")
    }
  }

  @Test("a link's own file is not counted, those of others are")
  func own() throws {
    try age(Self.stackFile, 1)
    #expect(try rewritten(besides: primary).isEmpty)
    #expect(try rewritten(besides: Fixture.link(1).index) == [Self.stackFile])
  }

  @Test("drop-ins of a file that configures no link count for nothing")
  func unused() throws {
    try age(Self.dropIns, 1)
    try configure(primary, by: "/usr/lib/systemd/network/80-ec2.network")
    #expect(try rewritten().isEmpty)
    try configure(primary, by: nil)
    #expect(try rewritten().isEmpty)
  }

  @Test("while networkd does not run it has read nothing that could differ")
  func stopped() throws {
    try age(Self.stackFile, 1)
    try files.remove(Self.invocation)
    #expect(try rewritten().isEmpty)
  }
}
