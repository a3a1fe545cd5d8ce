// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import Testing

@Suite("Programs of the host")
struct CommandTests {
  @Test("a program that ends with 0 did its work")
  func success() throws {
    try Command("/bin/true", []).run()
  }

  @Test("status, signal and absence are told apart")
  func failures() {
    let failing = Command("/bin/sh", ["-c", "exit 3"])
    #expect(throws: CommandError.failed(failing, status: 3)) { try failing.run() }
    let killed = Command("/bin/sh", ["-c", "kill -9 $$"])
    #expect(throws: CommandError.killed(killed, signal: SIGKILL)) { try killed.run() }
    let missing = Command("/nonexistent", [])
    #expect(throws: CommandError.notStarted(missing, errno: ENOENT)) { try missing.run() }
  }

  @Test("no variable of ours reaches the program, a proxy least of all")
  func environment() throws {
    setenv("http_proxy", "http://192.0.2.1:3128", 1)
    defer { unsetenv("http_proxy") }
    try Command("/bin/sh", ["-c", "test -z \"$http_proxy\" && test \"$LC_ALL\" = C"]).run()
  }

  @Test("each line that a program prints is given, also one without an end")
  func lines() throws {
    var lines: [String] = []
    let printing = Command("/bin/sh", ["-c", "echo one; echo; printf two"])
    try printing.forEachLine(limit: 100) { lines.append(String(decoding: $0, as: UTF8.self)) }
    #expect(lines == ["one", "", "two"])
    let failing = Command("/bin/sh", ["-c", "echo one; exit 3"])
    #expect(throws: CommandError.failed(failing, status: 3)) {
      try failing.forEachLine(limit: 100) { _ in }
    }
  }

  @Test("a line may be longer than what is read at once")
  func longLine() throws {
    var sizes: [Int] = []
    let printing = Command("/bin/sh", ["-c", "head -c 300000 /dev/zero; echo; echo end"])
    try printing.forEachLine(limit: 1 << 20) { sizes.append($0.count) }
    #expect(sizes == [300_000, 3])
  }

  @Test("a program that prints too much is ended")
  func tooMuch() throws {
    let endless = Command("/bin/sh", ["-c", "exec cat /dev/zero"])
    #expect(throws: CommandError.tooMuchOutput(endless, limit: 1 << 20)) {
      try endless.forEachLine(limit: 1 << 20) { _ in }
    }
  }
}
