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
  private static let mask = "/etc/systemd/network/80-mask.network"
  private static let old = "/etc/systemd/network/80-old.network"
  private static let generated = "/etc/systemd/network/05-eni-init-nic1.network"
  private static let invocation = "/run/systemd/units/invocation:systemd-networkd.service"

  private let root: TemporaryRoot
  private let files: FileStore
  private let primary = Fixture.link(0).index

  /// A host on which networkd has started after all of its files were written.
  init() throws {
    root = try TemporaryRoot()
    files = FileStore(root: root.path)
    try configure(primary, by: Self.stackFile)
    try root.write("[Match]\n", to: Self.stackFile)
    try root.write("[Match]\n", to: Self.old)
    try root.write("[Match]\n", to: "/srv/staged.network")
    try files.link(Self.mask, to: "/dev/null")
    for directory in [Self.dropIns, Self.runtimeDropIns] {
      try root.write("[Network]\n", to: directory + "/mine.conf")
    }
    try start()
  }

  private func configure(
    _ link: Link.Index,
    by file: String?,
    dropIns: String = "",
    state: String = "configured"
  ) throws {
    let line = file.map { "NETWORK_FILE=\($0)\nNETWORK_FILE_DROPINS=\"\(dropIns)\"\n" } ?? ""
    try root.write("ADMIN_STATE=\(state)\n" + line, to: "/run/systemd/netif/links/\(link)")
  }

  /// Starts networkd: later than all that is there, and earlier than all that comes.
  private func start() throws {
    try tick()
    try files.link(Self.invocation, to: "0123456789abcdef0123456789abcdef")
    try tick()
  }

  /// Waits until the clock of the file system has gone on.
  private func tick() throws {
    let path = "/clock"
    try root.write("", to: path)
    let before = try #require(try files.changeTime(path))
    while try #require(try files.changeTime(path)) == before { try root.write("", to: path) }
  }

  private func run(_ script: String) throws {
    try Command("/bin/sh", ["-c", "cd \(root.path) && \(script)"]).run()
  }

  private var freshness: NetworkdFreshness {
    NetworkdFreshness(files) {
      $0 == Self.generated || $0.hasPrefix("/usr/lib/systemd/network/06-")
    }
  }

  private func obstacle(besides link: Link.Index? = nil) throws -> NetworkdFreshness.Obstacle? {
    try freshness.obstacle(besides: link)
  }

  /// The obstacle where networkd's unit has changed its state at this time.
  private func obstacle(stateChange: Duration) throws -> NetworkdFreshness.Obstacle? {
    try NetworkdFreshness(files) {
      $0 == Self.generated
    } lastStateChange: {
      stateChange
    }.obstacle(besides: nil)
  }

  @Test("a staged file is no obstacle once another program's reload has read it")
  func reloadByOthers() throws {
    let staged = "/etc/systemd/network/00-staged.network"
    let start = try #require(try files.modificationTime(Self.invocation))
    try root.write("[Match]\n", to: staged)
    let written = try #require(try files.changeTime(staged))
    #expect(try obstacle() == .changed(staged))
    #expect(try obstacle(stateChange: start) == .changed(staged), "the start is no reload")
    #expect(
      try obstacle(stateChange: written + .milliseconds(500)) == .changed(staged),
      "it may have been written while networkd was reading"
    )
    try run("sleep 2.2")
    #expect(try obstacle(stateChange: written + .seconds(2)) == nil)
    try root.write("[Match]\nName=ens5\n", to: staged)
    #expect(
      try obstacle(stateChange: written + .seconds(2)) == .changed(staged),
      "it was changed after that"
    )
    let future = try #require(try files.changeTime(staged)) + .seconds(3600)
    #expect(try obstacle(stateChange: future) == .changed(staged), "the clock was set back")
  }

  @Test("a file in use that is gone stays an obstacle after another program's reload")
  func removedBeforeReload() throws {
    try run("rm .\(Self.stackFile); sleep 2.2")
    let now = try #require(try files.changeTime("/run/systemd/network")) + .seconds(2)
    #expect(try obstacle(stateChange: now) == .removed(Self.stackFile))
  }

  @Test(
    "the time that busctl prints is read",
    arguments: [
      ("v t 1764370000123456", Duration.microseconds(1_764_370_000_123_456)), ("v t 0", nil),
      ("", nil),
      ("s \"x\"", nil), ("t -5", nil),
    ] as [(String, Duration?)]
  )
  func stateChange(answer: String, time: Duration?) {
    #expect(UnitStateChange.time(answer: answer) == time)
  }

  @Test("networkd knows all that was written before its start")
  func fresh() throws {
    #expect(try obstacle() == nil)
  }

  @Test(
    "a link's file or a directory of its drop-ins that is younger than networkd is an obstacle",
    arguments: [stackFile, dropIns, runtimeDropIns]
  )
  func younger(path: String) throws {
    try run("touch .\(path)")
    #expect(try obstacle() == .changed(path))
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
    for directory in [Self.runtimeDropIns, Self.dropIns] {
      try run("cd .\(directory) && \(work)")
      #expect(try obstacle() == .changed(directory + changed), "\(directory)")
    }
  }

  @Test("a link's own file is not counted, those of others are")
  func own() throws {
    try configure(primary, by: Self.generated)
    try root.write("[Match]\n", to: Self.generated)
    #expect(try obstacle(besides: primary) == nil)
    #expect(try obstacle(besides: Fixture.link(1).index) == .changed(Self.generated))
  }

  @Test("a link's file or drop-in that is gone is an obstacle")
  func removed() throws {
    let dropIn = "/usr/lib/systemd/network/10-netplan-ens5.network.d/a.conf"
    try configure(primary, by: Self.stackFile, dropIns: "\(dropIn)")
    #expect(try obstacle() == .removed(dropIn))
    #expect(try obstacle(besides: primary) == nil)
    try configure(primary, by: Self.stackFile)
    try files.remove(Self.stackFile)
    #expect(try obstacle() == .removed(Self.stackFile))
  }

  @Test(
    "a file that matches no link yet is an obstacle, however it got there",
    arguments: [
      ("/etc/systemd/network/00-static.network", "touch"),
      ("/etc/systemd/network/00-static.network", "cp -p srv/staged.network"),
      ("/etc/systemd/network/00-static.network", "mv srv/staged.network"),
      ("/etc/systemd/network/00-static.network", "ln -s /dev/null"),
      ("/run/systemd/network/bridge.netdev", "touch"),
      ("/usr/local/lib/systemd/network/00-a.network", "touch"),
      ("/usr/lib/systemd/network/80-old.network.d/match.conf", "touch"),
    ]
  )
  func staged(path: String, work: String) throws {
    try run("mkdir -p .\(path) && rmdir .\(path)")
    try tick()
    #expect(try obstacle() == nil)
    try run("\(work) .\(path)")
    #expect(try obstacle() == .changed(path))
    #expect(try obstacle(besides: primary) == .changed(path))
  }

  @Test("a staged file by way of a symbolic link counts when its content changes")
  func symbolicLink() throws {
    let path = "/etc/systemd/network/20-a.network"
    try files.link(path, to: root.path + "/srv/staged.network")
    try start()
    #expect(try obstacle() == nil)
    try run("echo >>srv/staged.network")
    #expect(try obstacle() == .changed(path))
  }

  @Test("files for udev, and files that match ENIs of ours alone, are no obstacles")
  func ours() throws {
    try root.write("", to: "/etc/systemd/network/70-name.link")
    try root.write("", to: Self.generated)
    try root.write("", to: "/usr/lib/systemd/network/06-eni-init-hold.network")
    #expect(try obstacle() == nil)
  }

  @Test("a held link stays held, whatever the time of the hold")
  func held() throws {
    let hold = "/usr/lib/systemd/network/06-eni-init-hold.network"
    try root.write("", to: hold)
    try configure(Fixture.link(1).index, by: hold, state: "unmanaged")
    #expect(try obstacle() == nil)
    try configure(Fixture.link(1).index, by: Self.old, state: "unmanaged")
    try run("touch .\(Self.old)")
    #expect(try obstacle() == .changed(Self.old))
  }

  @Test("after our own reload all is read, and what goes then is an obstacle, masks too")
  func reload() throws {
    try root.write("", to: "/etc/systemd/network/00-static.network")
    try root.write("", to: Self.generated)
    try tick()
    try freshness.remember { () throws(SystemCallError) in }
    #expect(try obstacle() == nil)
    try files.remove(Self.generated)
    #expect(try obstacle() == nil)
    try files.remove(Self.mask)
    #expect(try obstacle() == .removed(Self.mask))
    try start()
    #expect(try obstacle() == nil, "networkd has started since")
  }

  @Test("a reload that fails is not remembered")
  func failedReload() throws {
    let path = "/etc/systemd/network/00-static.network"
    try root.write("", to: path)
    #expect(throws: SystemCallError.self) {
      try freshness.remember { () throws(SystemCallError) in
        throw SystemCallError("reload", "networkd", errno: EIO)
      }
    }
    #expect(try obstacle() == .changed(path))
  }

  @Test("while networkd does not run it has read nothing that could differ")
  func stopped() throws {
    try run("touch .\(Self.stackFile)")
    try files.remove(Self.invocation)
    #expect(try obstacle() == nil)
  }

  @Test("when the clock was set back, times of files show nothing")
  func clockSetBack() throws {
    try run("touch --no-dereference --date=tomorrow '.\(Self.invocation)'")
    #expect(try obstacle() == .clockSetBack)
  }

  @Test("the message has the file, the reason and the remedy")
  func message() {
    let text = NetworkdFreshness.Obstacle.removed(Self.stackFile).description
    for part in [Self.stackFile, "is gone", "put it back", "networkctl reload"] {
      #expect(text.contains(part))
    }
  }
}
