// SPDX-License-Identifier: Apache-2.0
import EC2Simulator
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
  private func run(_ arguments: String...) throws -> Program.Result {
    try Program([BuiltProduct.path("eni-init")] + arguments).result()
  }

  @Test("the version is printed alone")
  func version() throws {
    let result = try run("--version")
    #expect(result.status == 0)
    #expect(result.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
    #expect(result.errors.isEmpty)
  }

  @Test("the help names every command and every exit status")
  func help() throws {
    let help = try run("--help").output
    for word in [
      "status", "map", "plan", "attach", "detach", "boot", "64", "65", "71", "75", "77", "80",
    ] {
      #expect(help.contains(word), "\(word)")
    }
  }

  @Test(
    "wrong use ends with 64, one line that says what is wrong, and nothing on standard output",
    arguments: [
      ["frobnicate"], ["attach"], ["attach", "lo", "--timeout", "0"],
      ["attach", "lo", "--timeout", "soon"], ["attach", "no-such-link"],
      ["attach", "lo", "--imds-endpoint", "169.254.169.254:80"],
      ["attach", "lo", "--imds-endpoint", "example.com:80"], ["status", "--xml"], ["detach", "1"],
    ]
  )
  func usage(arguments: [String]) throws {
    let result = try Program([BuiltProduct.path("eni-init")] + arguments).result()
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
  }

  @Test("only a loopback address may stand in for IMDS")
  func endpoint() throws {
    let result = try run("plan", "--imds-endpoint", "192.0.2.1:80")
    #expect(result.status == 64)
    #expect(result.errors.contains("192.0.2.1:80"))
  }
}
