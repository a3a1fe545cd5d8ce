// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import NetworkModel
import TestSupport
import Testing

@Suite("Messages for the journal")
struct JournalTests {
  @Test("a field is a line; one with a line break has its length before it, low byte first")
  func encoding() {
    let entry = JournalEntry([
      .init(.message, "nic1 is configured"),
      .init(.reason, "one\nPRIORITY=0\ntwo"),
      .init(.eni, ""),
    ])
    let length: [UInt8] = [18, 0, 0, 0, 0, 0, 0, 0]
    #expect(
      entry.datagram == Array("MESSAGE=nic1 is configured\nREASON\n".utf8) + length
        + Array("one\nPRIORITY=0\ntwo\nENI_ID=\n".utf8)
    )
  }

  @Test("a long value with a line break has a length of more than a byte")
  func longValue() {
    let text = String(repeating: "x", count: 0x1_0203) + "\n"
    let datagram = JournalEntry([.init(.reason, text)]).datagram
    #expect(datagram[7..<15] == [0x04, 0x02, 0x01, 0, 0, 0, 0, 0])
    #expect(datagram.count == 15 + 0x1_0204 + 1)
  }

  @Test("it arrives as one datagram")
  func delivery() throws {
    let root = try TemporaryRoot()
    let path = root.path + "/socket"
    let listener = try Self.listen(path)
    defer { close(listener) }
    let entry = JournalEntry([.init(.message, "two\nlines"), .init(.priority, "5")])
    try JournalSocket(path: path).send(entry)
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = recv(listener, &buffer, buffer.count, 0)
    #expect(Array(buffer[..<max(count, 0)]) == entry.datagram)
  }

  @Test("nobody listens, or a message is too long for a datagram: an error, not a wait")
  func refused() throws {
    let root = try TemporaryRoot()
    let path = root.path + "/socket"
    let entry = JournalEntry([.init(.message, "hello")])
    #expect(throws: SystemCallError.self) { try JournalSocket(path: path).send(entry) }
    let deep = JournalSocket(path: "/" + String(repeating: "x", count: 200))
    #expect(throws: SystemCallError.self) { try deep.send(entry) }
    let listener = try Self.listen(path)
    defer { close(listener) }
    let long = JournalEntry([.init(.message, String(repeating: "x", count: 8 << 20))])
    let error = #expect(throws: SystemCallError.self) { try JournalSocket(path: path).send(long) }
    #expect(error.map { [EMSGSIZE, ENOBUFS].contains($0.errno) } ?? false, "\(error as Any)")
  }

  private static func listen(_ path: String) throws -> CInt {
    let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let result = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
    return descriptor
  }
}
