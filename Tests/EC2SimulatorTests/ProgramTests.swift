// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import Testing

@Suite("EC2SimulatorTests: programs of the machine")
struct ProgramTests {
  @Test("input, output, errors and status are the program's")
  func result() throws {
    let result = try Program(["sh", "-c", "cat; echo bad >&2; exit 3"]).result(input: "in\n")
    #expect(result.status == 3)
    #expect(result.output == "in\n")
    #expect(result.errors == "bad\n")
  }

  @Test("more output than a pipe holds comes whole, beside as much input")
  func muchOutput() throws {
    let text = String(repeating: "0123456789abcde\n", count: 65_536)
    #expect(try Program(["cat"]).run(input: text) == text)
  }

  @Test("one that does not end is killed, and the failure has what it said")
  func limit() throws {
    let program = Program(["sh", "-c", "echo begun; exec sleep 600"])
    let failure = #expect(throws: ProgramFailure.self) {
      try program.result(within: .milliseconds(500))
    }
    #expect(failure?.limit == .milliseconds(500))
    #expect(failure?.result.output == "begun\n")
    #expect(failure?.result.status == 137)
  }

  @Test("one that is not there says so")
  func missing() throws {
    let failure = #expect(throws: ProgramFailure.self) {
      try Program(["/nonexistent/program"]).run()
    }
    #expect(failure?.result.status == 127)
  }
}
