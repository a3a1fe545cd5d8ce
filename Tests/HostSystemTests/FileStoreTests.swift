// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import NetworkModel
import TestSupport
import Testing

@Suite("Files are replaced whole")
struct FileStoreTests {
  private let root: TemporaryRoot
  private let files: FileStore

  init() throws {
    root = try TemporaryRoot()
    files = FileStore(root: root.path)
  }

  @Test("a file is read with its mode, and is the same when it is put back")
  func mode() throws {
    let root = try TemporaryRoot()
    let files = FileStore(root: root.path)
    let secret = ConfigFile(path: "/etc/secret", content: "x\n", mode: 0o600)
    #expect(try files.file(secret.path) == nil)
    _ = try files.replace(secret)
    let former = try #require(try files.file(secret.path))
    #expect(former == secret)
    _ = try files.replace(ConfigFile(path: secret.path, content: "y\n"))
    _ = try files.replace(former)
    #expect(try files.file(secret.path) == secret)
  }

  @Test("a directory of drop-ins goes with its last file, and no other directory does")
  func dropIns() throws {
    let root = try TemporaryRoot()
    let files = FileStore(root: root.path)
    for path in ["/a.network.d/1.conf", "/a.network.d/2.conf", "/b.d/1.conf"] {
      _ = try files.replace(ConfigFile(path: path, content: "x\n"))
    }
    try files.remove("/a.network.d/1.conf")
    #expect(try files.names(in: "/") == ["a.network.d", "b.d"])
    try files.remove("/a.network.d/2.conf")
    try files.remove("/b.d/1.conf")
    #expect(try files.names(in: "/") == ["b.d"])
  }

  @Test("a file is created with its directories, updated, and left alone when equal")
  func outcomes() throws {
    let path = "/etc/systemd/network/05-x.network"
    #expect(try files.replace(ConfigFile(path: path, content: "a\n")) == .created)
    let first = try inode(path)
    #expect(try files.replace(ConfigFile(path: path, content: "a\n")) == .unchanged)
    #expect(try inode(path) == first)
    #expect(try files.replace(ConfigFile(path: path, content: "b\n")) == .updated)
    #expect(root.read(path) == "b\n")
    #expect(root.files == [path])
  }

  @Test("the mode is the one asked for, whatever the umask", arguments: [0o600, 0o644] as [UInt32])
  func mode(mode: UInt32) throws {
    _ = try files.replace(ConfigFile(path: "/f", content: "x", mode: mode))
    var status = stat()
    #expect(stat(root.path + "/f", &status) == 0)
    #expect(status.st_mode & 0o777 == mode)
  }

  @Test("what an interrupted run left half-written is not installed and not listed")
  func leftOver() throws {
    try root.write("a long half-written line that must not survive", to: "/etc/.f.tmp")
    #expect(try files.names(in: "/etc").isEmpty)
    #expect(try files.replace(ConfigFile(path: "/etc/f", content: "x\n")) == .created)
    #expect(root.files == ["/etc/f"])
    #expect(root.read("/etc/f") == "x\n")
  }

  @Test("a symbolic link in the temporary file's place is removed, and not followed")
  func symbolicLink() throws {
    try root.write("precious\n", to: "/etc/other")
    #expect(symlink(root.path + "/etc/other", root.path + "/etc/.f.tmp") == 0)
    #expect(try files.replace(ConfigFile(path: "/etc/f", content: "x\n")) == .created)
    #expect(root.read("/etc/other") == "precious\n")
  }

  @Test("a pipe in the temporary file's place does not block")
  func pipe() throws {
    try root.write("old\n", to: "/etc/f")
    #expect(mkfifo(root.path + "/etc/.f.tmp", 0o600) == 0)
    #expect(try files.replace(ConfigFile(path: "/etc/f", content: "x\n")) == .updated)
    #expect(root.files == ["/etc/f"])
  }

  @Test("equal bytes with another mode get their mode back")
  func modeRepair() throws {
    let secret = ConfigFile(path: "/etc/secret", content: "x\n", mode: 0o600)
    _ = try files.replace(secret)
    #expect(chmod(root.path + secret.path, 0o644) == 0)
    #expect(try files.replace(secret) == .updated)
    #expect(try files.file(secret.path) == secret)
    #expect(try files.replace(secret) == .unchanged)
  }

  @Test("no file is nil, an unreadable one is an error")
  func absentAndFailed() throws {
    #expect(try files.read("/none") == nil)
    #expect(try files.read("/none/below") == nil)
    try root.write("x", to: "/d/f")
    #expect(throws: SystemCallError.self) { try files.read("/d") }
  }

  @Test("a file that is too large to be ours is an error")
  func tooLarge() throws {
    try root.write(String(repeating: "x", count: 2 << 20), to: "/f")
    #expect(throws: SystemCallError("read", "/f", errno: EFBIG)) { try files.read("/f") }
  }

  @Test("removing says whether there was something")
  func remove() throws {
    try root.write("x", to: "/f")
    #expect(try files.remove("/f"))
    #expect(try !files.remove("/f"))
    #expect(try !files.remove("/none/f"))
  }

  @Test("a symbolic link says where it points to, also to nothing; what is no link says nothing")
  func linkTarget() throws {
    try root.write("x", to: "/d/f")
    for target in ["f", "../../nowhere", "/etc/x"] {
      try files.link("/d/link", to: target)
      #expect(try files.linkTarget("/d/link") == target)
    }
    for path in ["/d/f", "/d", "/none", "/none/link", "/d/f/link"] {
      #expect(try files.linkTarget(path) == nil, "\(path)")
    }
    #expect(root.files.contains("/d/f"))
  }

  @Test("a link's target may be as long as a path")
  func longTarget() throws {
    let target = String(repeating: "0123456789/", count: 372)
    try files.link("/link", to: target)
    #expect(try files.linkTarget("/link") == target)
  }

  @Test("an error says what failed, on what, why and what to do")
  func message() {
    #expect(
      SystemCallError("replace", "/etc/f", errno: EROFS).description
        == "cannot replace /etc/f: Read-only file system; the file system is read-only, so "
        + "remount it or remove the package"
    )
  }

  private func inode(_ path: String) throws -> UInt {
    var status = stat()
    try #require(stat(root.path + path, &status) == 0)
    return status.st_ino
  }
}
