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
}
