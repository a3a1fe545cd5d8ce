// SPDX-License-Identifier: Apache-2.0
import Foundation
import HostSystem
import TestSupport
import Testing

@Suite("A file that somebody has named")
struct DocumentFileTests {
  private let root: TemporaryRoot

  init() throws {
    root = try TemporaryRoot()
  }

  private func path(_ name: String) -> String { "\(root.path)/\(name)" }

  @Test("is made, then replaced as a whole, and keeps its mode")
  func replacement() throws {
    try DocumentFile(path("map.svg")).replace("one\n")
    #expect(root.read("/map.svg") == "one\n")
    #expect(chmod(path("map.svg"), 0o640) == 0)
    // Who has it open keeps what they have: nothing is written into it.
    let reader = try #require(FileHandle(forReadingAtPath: path("map.svg")))
    try DocumentFile(path("map.svg")).replace("two\n")
    #expect(root.read("/map.svg") == "two\n")
    #expect(try reader.readToEnd() == Data("one\n".utf8))
    let mode = try FileManager.default.attributesOfItem(atPath: path("map.svg"))[.posixPermissions]
    #expect(mode as? Int == 0o640)
    #expect(root.files == ["/map.svg"])
  }

  @Test("in a directory of another user: a link, a pipe, and a file of the same name give way")
  func sharedDirectory() throws {
    try root.write("precious\n", to: "/real")
    #expect(symlink("real", path("link.prom")) == 0)
    #expect(mkfifo(path("pipe.prom"), 0o666) == 0)
    try root.write("old\n", to: "/file.prom")
    for name in ["link.prom", "pipe.prom", "file.prom", "new.prom"] {
      try DocumentFile(path(name)).replace("new\n", mode: 0o644)
      #expect(root.read("/" + name) == "new\n")
      let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
      #expect(attributes[.posixPermissions] as? Int == 0o644)
    }
    #expect(root.read("/real") == "precious\n")
    #expect(root.files.count == 5)
  }

  @Test("is what a symbolic link leads to")
  func symbolicLink() throws {
    try root.write("old\n", to: "/real/map.svg")
    #expect(symlink("real/map.svg", path("map.svg")) == 0)
    try DocumentFile(path("map.svg")).replace("new\n")
    #expect(root.read("/real/map.svg") == "new\n")
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: path("map.svg"))
    #expect(link == "real/map.svg")
  }

  @Test("may be in the current directory")
  func currentDirectory() throws {
    let name = "eni-init-\(UUID().uuidString)"
    defer { unlink(name) }
    try DocumentFile(name).replace("here\n")
    #expect(try String(contentsOfFile: name, encoding: .utf8) == "here\n")
  }

  @Test(
    "is refused where it is none, and nothing is left behind",
    arguments: [
      ("", EISDIR), ("pipe", EINVAL), ("missing/map.svg", ENOENT), ("file/map.svg", ENOTDIR),
    ]
  )
  func refusal(name: String, expected: Int32) throws {
    try root.write("old\n", to: "/file")
    #expect(mkfifo(path("pipe"), 0o600) == 0)
    let before = root.files
    #expect {
      try DocumentFile(path(name)).replace("new\n")
    } throws: { error in
      (error as? SystemCallError)?.errno == expected
    }
    #expect(root.files == before)
  }
}
